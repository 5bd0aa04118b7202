package dev.alluvium.demo;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DeltaDataTest {
    private final DeltaData data = new DeltaData(7, 400, 0);
    private final List<RowDelta> deltas =
            LongStream.range(0, 2_000).mapToObj(data::delta).toList();

    @Test
    void givesTheSameDeltaForTheSameIndexAndSeedOnly() {
        assertThat(new DeltaData(7, 400, 3).delta(123)).isEqualTo(deltas.get(123));
        assertThat(new DeltaData(8, 400, 0).delta(123)).isNotEqualTo(deltas.get(123));
        assertThat(deltas.stream().map(RowDelta::getDeltaId).distinct()).hasSize(2_000);
    }

    @Test
    void coversAllTablesAndOperationsWithNullsAndAbsentAndUndeclaredColumns() {
        assertThat(deltas.stream().collect(groupingBy(RowDelta::getTable)).keySet())
                .isEqualTo(DeltaData.tables().keySet())
                .hasSize(4);
        assertThat(deltas.stream().map(RowDelta::getOp).collect(toSet()))
                .containsExactlyInAnyOrder(DeltaOp.DELTA_OP_INSERT, DeltaOp.DELTA_OP_UPDATE, DeltaOp.DELTA_OP_DELETE);
        assertThat(columns("users")).contains("name", "email", "age", "active", "profile", "trace");
        assertThat(deltas)
                .anySatisfy(delta -> assertThat(delta.getColumnsList())
                        .anySatisfy(column ->
                                assertThat(column.getValue().toStringUtf8()).isEqualTo("null")));
        assertThat(deltas)
                .filteredOn(delta -> delta.getOp() == DeltaOp.DELTA_OP_UPDATE)
                .anySatisfy(delta -> assertThat(delta.getColumnsCount()).isEqualTo(1));
        assertThat(deltas)
                .filteredOn(delta -> delta.getOp() == DeltaOp.DELTA_OP_DELETE)
                .allSatisfy(delta -> assertThat(delta.getColumnsCount()).isZero());
    }

    @Test
    void endsADayBeforeTheNextWithSomeOverlapAroundMidnight() {
        List<LocalDate> days = deltas.stream()
                .map(delta -> Instant.ofEpochMilli(delta.getHlc() >> 16)
                        .atZone(ZoneOffset.UTC)
                        .toLocalDate())
                .toList();
        assertThat(days.subList(50, 350)).containsOnly(LocalDate.of(2026, 2, 3));
        assertThat(days.subList(450, 750)).containsOnly(LocalDate.of(2026, 2, 4));
        assertThat(days.subList(380, 400)).contains(LocalDate.of(2026, 2, 4));
        assertThat(days.subList(400, 420)).contains(LocalDate.of(2026, 2, 3));
    }

    @Test
    void computesTheIdsOfTheGoldenVectors() {
        RowDelta.Builder delta = RowDelta.newBuilder()
                .setTable("users")
                .setRowId("row-001")
                .setClientId("client-abc")
                .setHlc(111_411_200_000_000_000L);
        set(delta, "name", "\"Alice\"");
        set(delta, "age", "30");
        set(delta, "active", "true");
        assertThat(data.deltaId(delta)).isEqualTo("5a581b7980ab3057dd7364546ac07ee4b1b69dd1a24d8ca69f4147b4a27074e4");
        delta.clearColumns().setHlc(111_411_200_000_000_002L);
        assertThat(data.deltaId(delta)).isEqualTo("d7d44182fc1352329dd8d38352d8bc1f76ecb1e81046d98934f8bb1f7b205611");
        set(delta.setHlc(111_411_200_000_000_001L), "age", "null");
        assertThat(data.deltaId(delta)).isEqualTo("9ba20d7bd37ac5f15bb0bdef747185c1e7d23df7d3c113d2175c2e7952ffed96");
    }

    @Test
    void carriesTheIdOfItsContents() {
        assertThat(deltas)
                .allSatisfy(delta -> assertThat(delta.getDeltaId()).isEqualTo(data.deltaId(delta.toBuilder())));
    }

    private static void set(RowDelta.Builder delta, String column, String json) {
        delta.addColumns(ColumnDelta.newBuilder().setColumn(column).setValue(ByteString.copyFromUtf8(json)));
    }

    @Test
    void writesNumbersAsEcmaScriptDoes() {
        assertThat(deltas.stream()
                        .flatMap(delta -> delta.getColumnsList().stream())
                        .filter(column ->
                                List.of("age", "total", "priority", "battery").contains(column.getColumn()))
                        .map(column -> column.getValue().toStringUtf8())
                        .filter(text -> !text.equals("null")))
                .hasSizeGreaterThan(100)
                .anySatisfy(text -> assertThat(text).startsWith("-"))
                .allSatisfy(text -> assertThat(text)
                        .matches("-?(0|[1-9]\\d*)(\\.\\d?[1-9])?")
                        .isNotEqualTo("-0"));
    }

    @Test
    void isAboutTwoHundredAndFiftyBytes() {
        assertThat(deltas.stream()
                        .mapToInt(RowDelta::getSerializedSize)
                        .average()
                        .orElse(0))
                .isCloseTo(250, within(25.0));
    }

    private List<String> columns(String table) {
        return deltas.stream()
                .filter(delta -> delta.getTable().equals(table))
                .flatMap(delta -> delta.getColumnsList().stream())
                .map(ColumnDelta::getColumn)
                .distinct()
                .toList();
    }
}
