package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.TableVersion;
import dev.alluvium.schema.TableVersions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LearningDeltaDecoderTest {
    private static final DeltaColumn NAME = new DeltaColumn("name", DeltaColumn.Type.STRING);
    private static final DeltaColumn AGE = new DeltaColumn("age", DeltaColumn.Type.NUMBER);
    private static final DeltaTable FIRST = new DeltaTable("users", List.of(NAME));
    private static final DeltaTable SECOND = new DeltaTable("users", List.of(NAME, AGE));

    private final TableVersions versions = new TableVersions(List.of(FIRST));
    private final DeltaDecoder decoder = decoder(versions);

    private static DeltaDecoder decoder(TableVersions versions) {
        return new DeltaDecoder(
                new DeltaSettings("gw", List.of(FIRST), true, true, DeltaSettings.ClockDrift.COUNT), versions, 0);
    }

    private static @Nullable Rejection read(DeltaDecoder decoder, String table, String column) {
        RowDelta delta = RowDelta.newBuilder()
                .setOp(DeltaOp.DELTA_OP_INSERT)
                .setTable(table)
                .setRowId("r")
                .setHlc(1_700_000_000_000L << 16)
                .addColumns(ColumnDelta.newBuilder().setColumn(column).setValue(ByteString.copyFromUtf8("7")))
                .build();
        return decoder.read(new SourceRecord(0, 1_700_000_000_000L, null, delta.toByteArray()));
    }

    @Test
    void knowsItsSettingsUntilItLearns() {
        versions.offer(new TableVersion(SECOND, 2));

        assertThat(decoder.schemaState()).isEmpty();
        assertThat(read(decoder, "users", "age")).isNotNull();

        decoder.learn();

        assertThat(decoder.schemaState()).matches("users:2:[0-9a-f]{8}");
        assertThat(read(decoder, "users", "age")).isNull();
        assertThat(decoder.group().schema()).isEqualTo(SECOND.schema(true));
    }

    @Test
    void learnsATable() {
        assertThat(read(decoder, "todos", "age")).isNotNull();

        versions.offer(new TableVersion(new DeltaTable("todos", List.of(AGE)), 3));
        decoder.learn();

        assertThat(read(decoder, "todos", "age")).isNull();
    }

    @Test
    void keepsItsStateAndGroupsWhenAnotherTableChanges() {
        decoder.learn();
        String state = decoder.schemaState();
        decoder.learn();
        assertThat(decoder.schemaState()).isSameAs(state);
        assertThat(read(decoder, "users", "age")).isNotNull();
        DeltaColumn other = new DeltaColumn("other", DeltaColumn.Type.NUMBER);
        versions.offer(new TableVersion(new DeltaTable("todos", List.of(other)), 1));
        decoder.learn();
        read(decoder, "todos", "other");
        Group before = decoder.group();

        versions.offer(new TableVersion(SECOND, 2));
        decoder.learn();
        read(decoder, "todos", "other");

        assertThat(decoder.group()).isSameAs(before);
    }

    @Test
    void decidesAsAnEarlierOneDidThatKnewLess() {
        versions.offer(new TableVersion(SECOND, 2));
        decoder.learn();
        String known = decoder.schemaState();
        versions.offer(new TableVersion(
                new DeltaTable("users", List.of(NAME, AGE, new DeltaColumn("x", DeltaColumn.Type.NUMBER))), 3));

        DeltaDecoder later = decoder(versions);
        later.learn();
        later.restoreSchemaState(known);

        assertThat(later.schemaState()).isEqualTo(known);
        assertThat(read(later, "users", "age")).isNull();
        assertThat(later.group().schema()).isEqualTo(SECOND.schema(true));
        assertThat(read(later, "users", "x")).isNotNull();

        later.learn();

        assertThat(read(later, "users", "x")).isNull();
    }

    @Test
    void readsNothingWithSchemasThatAreGone() {
        versions.offer(new TableVersion(SECOND, 2));
        decoder.learn();
        DeltaDecoder later = decoder(new TableVersions(List.of(FIRST)));
        later.restoreSchemaState(decoder.schemaState());

        assertThatThrownBy(() -> read(later, "users", "name"))
                .isInstanceOf(LostSchemaException.class)
                .hasMessageContaining("table users had 2 columns");

        later.learn();

        assertThatThrownBy(() -> read(later, "users", "name"))
                .as("of a record that is free to be decided: not with tables from before")
                .isInstanceOf(LostSchemaException.class);
    }

    @Test
    void readsOnWithSchemasThatAreThereAgain() {
        versions.offer(new TableVersion(SECOND, 2));
        decoder.learn();
        TableVersions lagging = new TableVersions(List.of(FIRST));
        DeltaDecoder later = decoder(lagging);
        later.restoreSchemaState(decoder.schemaState());
        assertThatThrownBy(() -> read(later, "users", "age")).isInstanceOf(LostSchemaException.class);

        lagging.offer(new TableVersion(SECOND, 2));
        DeltaDecoder next = decoder(lagging);
        next.restoreSchemaState(decoder.schemaState());
        next.learn();

        assertThat(next.schemaState()).isEqualTo(decoder.schemaState());
        assertThat(read(next, "users", "age")).isNull();
    }

    @Test
    void tellsOtherColumnsOfTheSameNumberApart() {
        versions.offer(new TableVersion(SECOND, 2));
        decoder.learn();
        TableVersions others = new TableVersions(List.of(
                new DeltaTable("users", List.of(NAME, new DeltaColumn("years", DeltaColumn.Type.NUMBER)))));
        DeltaDecoder later = decoder(others);
        later.restoreSchemaState(decoder.schemaState());

        assertThatThrownBy(() -> read(later, "users", "name")).isInstanceOf(LostSchemaException.class);
    }
}
