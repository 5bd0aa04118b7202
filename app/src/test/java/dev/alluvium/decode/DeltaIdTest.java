package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DeltaIdTest {
    @ParameterizedTest
    @MethodSource("dev.alluvium.decode.Golden#deltas")
    void agreesWithTheGoldenDeltas(Golden.Delta golden) {
        RowDelta delta = golden.message();

        assertThat(DeltaId.stableJson(delta)).isEqualTo(golden.stableJson());
        assertThat(DeltaId.of(delta)).isEqualTo(golden.deltaId()).isEqualTo(delta.getDeltaId());
    }

    @Test
    void doesNotDependOnTheOperationButOnTheOrderOfColumns() {
        RowDelta delta = Golden.deltas().findFirst().orElseThrow().message();
        RowDelta update = delta.toBuilder().setOp(DeltaOp.DELTA_OP_UPDATE).build();
        RowDelta reordered = delta.toBuilder()
                .setColumns(0, delta.getColumns(1))
                .setColumns(1, delta.getColumns(0))
                .build();

        assertThat(DeltaId.of(update)).isEqualTo(DeltaId.of(delta));
        assertThat(DeltaId.of(reordered)).isNotEqualTo(DeltaId.of(delta));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "` { \"b\" : 1.0 , \"a\" : [ ] } `|{\"a\":[],\"b\":1}",
                "{\"a\":1,\"a\":{}}|{\"a\":{}}",
                "{\"\\uFB33\":1,\"\\uD83D\\uDE00\":2,\"\\uDE00\":3}|{\"😀\":2,\"\\ude00\":3,\"\uFB33\":1}",
                "\"\\u0041\\/\\u2028\\u000B\"|\"A/\u2028\\u000b\"",
                "\"\\uD800x\\uDC00\"|\"\\ud800x\\udc00\"",
                "1e400|null",
                "-0.0|0"
            })
    void makesTextStable(String json, String expected) {
        StringBuilder out = new StringBuilder();
        StableJson.append(out, json);
        assertThat(out).hasToString(expected);
    }

    @Test
    void refusesWhatIsNotOneValue() {
        for (String bad : new String[] {"", "{", "1 2", "undefined"}) {
            RowDelta delta = RowDelta.newBuilder()
                    .addColumns(ColumnDelta.newBuilder().setColumn("a").setValue(ByteString.copyFromUtf8(bad)))
                    .build();
            assertThatThrownBy(() -> DeltaId.of(delta)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
