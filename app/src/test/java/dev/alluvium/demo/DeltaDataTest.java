package dev.alluvium.demo;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
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
    void carriesTheHashOfItsStableJsonAsId() throws Exception {
        for (RowDelta delta : deltas) {
            StringBuilder json = new StringBuilder("{\"clientId\":\"" + delta.getClientId() + "\",\"columns\":[");
            String comma = "";
            for (ColumnDelta column : delta.getColumnsList()) {
                json.append(comma).append("{\"column\":\"" + column.getColumn() + "\",\"value\":");
                json.append(column.getValue().toStringUtf8()).append('}');
                comma = ",";
            }
            json.append("],\"hlc\":\"" + delta.getHlc() + "\",\"rowId\":\"" + delta.getRowId() + "\",\"table\":\""
                    + delta.getTable() + "\"}");
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(json.toString().getBytes(StandardCharsets.UTF_8));
            assertThat(delta.getDeltaId()).isEqualTo(HexFormat.of().formatHex(hash));
        }
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
