package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.WellKnownType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WellKnownJsonTest {
    private static final WellKnownJson ANY =
            new WellKnownJson(WellKnownType.ANY, MessageTypes.reachable(GoldenTypes.everything()));

    private static String text(WellKnownJson json, Message message) {
        return new String(json.text(message.toByteArray()), StandardCharsets.UTF_8);
    }

    private static WellKnownJson json(WellKnownType kind) {
        return new WellKnownJson(kind, Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "\"grüße \\\"\\\\\\n\\u0001 😀\"",
                "0",
                "-0.0",
                "0.1",
                "1e+21",
                "5e-324",
                "9007199254740993",
                "[]",
                "{}",
                "{\"b\":[1,[null]],\"a\":{\"\":\"\"}}"
            })
    void writesEveryJsonThatItReads(String text) {
        Message value = WellKnownJson.parse(WellKnownType.VALUE, text);
        String written = text(json(WellKnownType.VALUE), value);
        assertThat(written).isEqualTo(text.replace("9007199254740993", "9007199254740992"));
        assertThat(WellKnownJson.parse(WellKnownType.VALUE, written)).isEqualTo(value);
    }

    @Test
    void tellsWhatJsonCannotSay() {
        assertThat(isExact(WellKnownType.VALUE, Value.getDefaultInstance())).isFalse();
        assertThat(isExact(
                        WellKnownType.VALUE,
                        Value.newBuilder().setNumberValue(Double.NaN).build()))
                .isFalse();
        assertThat(isExact(
                        WellKnownType.VALUE,
                        Value.newBuilder().setNullValueValue(1).build()))
                .isFalse();
        assertThat(isExact(
                        WellKnownType.VALUE,
                        Value.newBuilder().setNullValueValue(0).build()))
                .isTrue();
        assertThat(isExact(WellKnownType.FIELD_MASK, mask(""))).isFalse();
        assertThat(isExact(WellKnownType.FIELD_MASK, mask("a,b"))).isFalse();
        assertThat(isExact(WellKnownType.FIELD_MASK, mask("fooBar"))).isFalse();
        assertThat(isExact(WellKnownType.FIELD_MASK, mask("", "foo__bar._x.y_1.grüße")))
                .isTrue();
    }

    private static boolean isExact(WellKnownType kind, Message message) {
        byte[] bytes = message.toByteArray();
        return json(kind).isExact(bytes, 0, bytes.length);
    }

    private static FieldMask mask(String... paths) {
        return FieldMask.newBuilder().addAllPaths(List.of(paths)).build();
    }

    @Test
    void writesPathsInCamelCase() {
        String text = text(json(WellKnownType.FIELD_MASK), mask("user.display_name", "photo"));
        assertThat(text).isEqualTo("\"user.displayName,photo\"");
        assertThat(WellKnownJson.parse(WellKnownType.FIELD_MASK, text)).isEqualTo(mask("user.display_name", "photo"));
        assertThat(WellKnownJson.parse(WellKnownType.FIELD_MASK, "\"\"")).isEqualTo(FieldMask.getDefaultInstance());
    }

    @Test
    void keepsTheBytesOfAnUnknownType() {
        Any any = Any.newBuilder()
                .setTypeUrl("t/x.Unknown")
                .setValue(ByteString.copyFrom(new byte[] {1, -1}))
                .build();
        assertThat(text(ANY, any)).isEqualTo("{\"@type\":\"t/x.Unknown\",\"value\":\"Af8=\"}");
        assertThat(WellKnownJson.parse(WellKnownType.ANY, text(ANY, any))).isEqualTo(any);
    }

    @Test
    void writesTheFieldsOfAKnownType() {
        Any any = Any.newBuilder()
                .setTypeUrl("type.googleapis.com/golden.Everything")
                .setValue(ByteString.copyFrom(GoldenTypes.text(GoldenTypes.everything(), """
                        an_int32: -1 an_int64: -2 a_uint32: 4294967295 a_uint64: 18446744073709551615 a_float: 0.1
                        a_double: nan some_bytes: "a" color: RED maybe_int: 0 item { count: 1 } empty {}
                        texts: ["x", "y"] counts { key: "k" value: 2 } color_by_flag { key: true value: BLUE }
                        timestamp { seconds: 1 nanos: 500000000 } duration { seconds: -1 nanos: -5000 }
                        string_value { value: "s" } value { null_value: NULL_VALUE } mask { paths: "a_b" }
                        """)))
                .build();
        assertThat(text(ANY, any))
                .isEqualTo("{\"@type\":\"type.googleapis.com/golden.Everything\",\"anInt32\":-1,\"anInt64\":\"-2\","
                        + "\"aUint32\":4294967295,\"aUint64\":\"18446744073709551615\",\"aFloat\":0.1,"
                        + "\"aDouble\":\"NaN\",\"someBytes\":\"YQ==\",\"color\":\"RED\",\"maybeInt\":0,"
                        + "\"item\":{\"count\":1},\"empty\":{},\"texts\":[\"x\",\"y\"],\"counts\":{\"k\":2},"
                        + "\"colorByFlag\":{\"true\":\"BLUE\"},\"timestamp\":\"1970-01-01T00:00:01.500Z\","
                        + "\"duration\":\"-1.000005s\",\"stringValue\":\"s\",\"value\":null,\"mask\":\"aB\"}");
    }

    @Test
    void writesAWellKnownTypeInsideAsItsValue() {
        assertThat(text(ANY, Any.pack(Timestamp.getDefaultInstance())))
                .isEqualTo("{\"@type\":\"type.googleapis.com/google.protobuf.Timestamp\","
                        + "\"value\":\"1970-01-01T00:00:00Z\"}");
        assertThat(text(ANY, Any.pack(Duration.newBuilder().setNanos(-1).build())))
                .endsWith("\"value\":\"-0.000000001s\"}");
        assertThat(text(
                        ANY,
                        Any.pack(Any.pack(Value.newBuilder().setBoolValue(true).build()))))
                .isEqualTo("{\"@type\":\"type.googleapis.com/google.protobuf.Any\",\"value\":"
                        + "{\"@type\":\"type.googleapis.com/google.protobuf.Value\",\"value\":true}}");
    }
}
