package dev.alluvium.decode;

import static dev.alluvium.decode.LedgerEvents.event;
import static dev.alluvium.decode.LedgerEvents.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.decode.PartitionField.EpochUnit;
import dev.alluvium.decode.PartitionField.Range;
import dev.alluvium.decode.PartitionField.Slice;
import dev.alluvium.decode.PartitionField.Value;
import dev.alluvium.record.SourceRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitioningTest {
    private static final String NULL = "__HIVE_DEFAULT_PARTITION__";
    private static final long NOON = Instant.parse("2026-02-06T12:00:00Z").toEpochMilli();

    private static ProtobufDecoder decoder(String rangeField, PartitionField... fields) {
        Partitioning partitioning = new Partitioning(List.of(fields), rangeField);
        return new ProtobufDecoder(new ProtobufSettings(LedgerEvents.TYPE, partitioning, false), 0);
    }

    private static Group group(PartitionField field, Object... pathsAndValues) {
        ProtobufDecoder decoder = decoder("", field);
        assertThat(decoder.read(new SourceRecord(0, NOON, null, event(pathsAndValues))))
                .isNull();
        return decoder.group();
    }

    private static String id(PartitionField field, Object... pathsAndValues) {
        String id = group(field, pathsAndValues).id();
        assertThat(id).startsWith("LedgerEvent/");
        return id.substring("LedgerEvent/".length());
    }

    private static Slice slice(TimePeriod period, String field, @Nullable EpochUnit unit) {
        return new Slice(period, field, unit);
    }

    @Test
    void slicesTheTimeOfTheRecordByTheCalendar() {
        Group hour = group(Slice.ofRecordTime(TimePeriod.HOUR));
        assertThat(hour.id()).isEqualTo("LedgerEvent/2026-02-06T12");
        assertThat(hour.attributes())
                .isEqualTo(Map.of(
                        "message",
                        "LedgerEvent",
                        "year",
                        "2026",
                        "month",
                        "02",
                        "day",
                        "06",
                        "date",
                        "2026-02-06",
                        "hour",
                        "12"));
        assertThat(group(Slice.ofRecordTime(TimePeriod.MONTH)).attributes())
                .isEqualTo(Map.of("message", "LedgerEvent", "year", "2026", "month", "02"));
        assertThat(id(Slice.ofRecordTime(TimePeriod.MONTH))).isEqualTo("2026-02");
        assertThat(id(Slice.ofRecordTime(TimePeriod.YEAR))).isEqualTo("2026");
    }

    @Test
    void slicesTheTimeOfAField() {
        Slice day = slice(TimePeriod.DAY, "closed_at", null);
        assertThat(id(day, "closed_at", time("2025-07-13T23:59:59.999999999Z"))).isEqualTo("2025-07-13");
        assertThat(id(day, "closed_at", time("2025-07-14T00:00:00Z"))).isEqualTo("2025-07-14");
        assertThat(id(day, "closed_at", time("1969-12-31T23:59:59Z"))).isEqualTo("1969-12-31");
        assertThat(id(day)).isEqualTo(NULL);
        Slice hour = slice(TimePeriod.HOUR, "at_ms", EpochUnit.MILLIS);
        assertThat(id(hour, "at_ms", 3_599_999L)).isEqualTo("1970-01-01T00");
        assertThat(id(hour, "at_ms", 3_600_000L)).isEqualTo("1970-01-01T01");
        assertThat(id(hour, "at_ms", -1L)).isEqualTo("1969-12-31T23");
        assertThat(id(slice(TimePeriod.YEAR, "at_ms", EpochUnit.SECONDS), "at_ms", 1_770_379_200L))
                .isEqualTo("2026");
        assertThat(id(slice(TimePeriod.DAY, "big", EpochUnit.MICROS), "big", 86_400_000_000L))
                .isEqualTo("1970-01-02");
        Slice month = slice(TimePeriod.MONTH, "closed_text", null);
        assertThat(id(month, "closed_text", "2025-08-01T01:00:00+02:00")).isEqualTo("2025-07");
    }

    @Test
    void givesWhatIsNoTimeItsNullGroup() {
        assertThat(id(slice(TimePeriod.DAY, "closed_text", null), "closed_text", "yesterday"))
                .isEqualTo(NULL);
        assertThat(id(slice(TimePeriod.DAY, "closed_text", null))).isEqualTo(NULL);
        assertThat(id(slice(TimePeriod.DAY, "big", EpochUnit.SECONDS), "big", -1L))
                .isEqualTo(NULL);
        assertThat(id(slice(TimePeriod.DAY, "at_ms", EpochUnit.SECONDS), "at_ms", Long.MIN_VALUE))
                .isEqualTo(NULL);
        Group group = group(slice(TimePeriod.HOUR, "at_ms", EpochUnit.SECONDS), "at_ms", 253_402_300_800L);
        assertThat(group.attributes())
                .isEqualTo(Map.of(
                        "message",
                        "LedgerEvent",
                        "year",
                        NULL,
                        "month",
                        NULL,
                        "day",
                        NULL,
                        "date",
                        NULL,
                        "hour",
                        NULL));
    }

    @Test
    void takesAZeroOfImplicitPresenceForAValue() {
        assertThat(id(slice(TimePeriod.DAY, "at_ms", EpochUnit.MILLIS))).isEqualTo("1970-01-01");
        assertThat(id(new Range("ledger_sequence", 10_000, "range"))).isEqualTo("0-9999");
        assertThat(id(new Value("contract_id", "contract_id"))).isEqualTo("__EMPTY__");
        assertThat(id(new Value("deleted", "deleted"))).isEqualTo("false");
        assertThat(id(new Value("kind", "kind"))).isEqualTo("NONE");
    }

    @Test
    void takesAnAbsentFieldOfExplicitPresenceForNull() {
        assertThat(id(new Range("signed", 10, "range"))).isEqualTo(NULL);
        assertThat(id(new Value("removed", "removed"))).isEqualTo(NULL);
        assertThat(id(new Value("removed", "removed"), "removed", 0)).isEqualTo("0");
        assertThat(id(new Value("header.tenant", "tenant"))).isEqualTo(NULL);
        assertThat(id(new Value("header.tenant", "tenant"), "header.shard", 1L)).isEqualTo("__EMPTY__");
        assertThat(id(new Value("header.shard", "shard"), "header.tenant", "a")).isEqualTo(NULL);
    }

    @Test
    void rangesBeginAtMultiplesOfTheirSize() {
        Range range = new Range("ledger_sequence", 10_000, "range");
        assertThat(id(range, "ledger_sequence", 426_007)).isEqualTo("420000-429999");
        assertThat(id(range, "ledger_sequence", 429_999)).isEqualTo("420000-429999");
        assertThat(id(range, "ledger_sequence", 430_000)).isEqualTo("430000-439999");
        assertThat(id(range, "ledger_sequence", -1)).isEqualTo("4294960000-4294969999");
        assertThat(group(range, "ledger_sequence", 7).attributes()).containsEntry("range", "0-9999");
        Range signed = new Range("signed", 10, "tens");
        assertThat(id(signed, "signed", -1L)).isEqualTo("-10--1");
        assertThat(id(signed, "signed", Long.MAX_VALUE)).isEqualTo("9223372036854775800-9223372036854775809");
        assertThat(id(signed, "signed", Long.MIN_VALUE)).isEqualTo("-9223372036854775810--9223372036854775801");
        assertThat(id(new Range("big", 1_000, "range"), "big", -1L))
                .isEqualTo("18446744073709551000-18446744073709551999");
    }

    @Test
    void namesValues() {
        assertThat(id(new Value("contract_id", "contract_id"), "contract_id", "CA/3"))
                .isEqualTo("CA%2F3");
        assertThat(group(new Value("contract_id", "c"), "contract_id", "CA/3").attributes())
                .containsEntry("c", "CA%2F3");
        assertThat(id(new Value("deleted", "deleted"), "deleted", true)).isEqualTo("true");
        assertThat(id(new Value("kind", "kind"), "kind", 1)).isEqualTo("CREATED");
        assertThat(id(new Value("kind", "kind"), "kind", -7)).isEqualTo("-7");
        assertThat(id(new Value("big", "big"), "big", -1L)).isEqualTo("18446744073709551615");
        assertThat(id(new Value("header.shard", "shard"), "header.shard", -5L)).isEqualTo("-5");
    }

    @Test
    void letsAnArmOfAOneofEndTheOthers() {
        byte[] first = event("moved.tenant", "a");
        byte[] second = event("created", "b");
        byte[] both = concat(first, second);
        assertThat(idOf(new Value("moved.tenant", "t"), first)).isEqualTo("a");
        assertThat(idOf(new Value("moved.tenant", "t"), both)).isEqualTo(NULL);
        assertThat(idOf(new Value("created", "c"), both)).isEqualTo("b");
        assertThat(idOf(new Value("created", "c"), concat(both, first))).isEqualTo(NULL);
        assertThat(idOf(new Value("moved.tenant", "t"), concat(both, event("moved.shard", 3L))))
                .isEqualTo("__EMPTY__");
    }

    @Test
    void mergesMessagesThatComeAgain() {
        byte[] twice = concat(event("header.tenant", "a"), event("header.shard", 3L));
        assertThat(idOf(new Value("header.tenant", "t"), twice)).isEqualTo("a");
        assertThat(idOf(new Value("header.shard", "s"), twice)).isEqualTo("3");
        assertThat(idOf(new Value("header.tenant", "t"), concat(twice, event("header.tenant", "b"))))
                .isEqualTo("b");
    }

    private static String idOf(PartitionField field, byte[] value) {
        ProtobufDecoder decoder = decoder("", field);
        assertThat(decoder.read(new SourceRecord(0, NOON, null, value))).isNull();
        return decoder.group().id().substring("LedgerEvent/".length());
    }

    private static byte[] concat(byte[] one, byte[] two) {
        byte[] both = new byte[one.length + two.length];
        System.arraycopy(one, 0, both, 0, one.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        return both;
    }

    @Test
    void keepsTheOrderOfWhatIsCombinedAndTheSameInstanceForTheSameGroup() {
        ProtobufDecoder decoder = decoder(
                "",
                new Value("contract_id", "contract_id"),
                slice(TimePeriod.DAY, "closed_at", null),
                new Range("ledger_sequence", 10, "range"));
        byte[] one = event("contract_id", "A", "closed_at", time("2025-07-13T09:36:17Z"), "ledger_sequence", 15);
        byte[] same = event("contract_id", "A", "closed_at", time("2025-07-13T19:36:17Z"), "ledger_sequence", 19);
        byte[] other = event("contract_id", "B", "closed_at", time("2025-07-13T09:36:17Z"), "ledger_sequence", 15);
        assertThat(decoder.read(new SourceRecord(0, 0, null, one))).isNull();
        Group first = decoder.group();
        assertThat(first.id()).isEqualTo("LedgerEvent/A/2025-07-13/10-19");
        assertThat(decoder.read(new SourceRecord(1, 0, null, other))).isNull();
        assertThat(decoder.group().id()).isEqualTo("LedgerEvent/B/2025-07-13/10-19");
        assertThat(decoder.read(new SourceRecord(2, 0, null, same))).isNull();
        assertThat(decoder.group()).isSameAs(first);
    }

    @Test
    void tellsLongValuesApart() {
        ProtobufDecoder decoder = decoder("", new Value("contract_id", "contract_id"));
        String before = "";
        for (int length : new int[] {96, 97, 256, 257, 258, 5_000}) {
            byte[] value = event("contract_id", "x".repeat(length));
            assertThat(decoder.read(new SourceRecord(0, 0, null, value))).isNull();
            Group group = decoder.group();
            assertThat(group.id()).isNotEqualTo(before).hasSizeLessThanOrEqualTo("LedgerEvent/".length() + 96);
            before = group.id();
            assertThat(decoder.read(new SourceRecord(1, 0, null, event()))).isNull();
            assertThat(decoder.group().id()).isEqualTo("LedgerEvent/__EMPTY__");
            assertThat(decoder.read(new SourceRecord(2, 0, null, value))).isNull();
            assertThat(decoder.group()).isSameAs(group);
        }
    }

    @Test
    void ordersTheNumbersOfAFileAsTheirTypeDoes() {
        ProtobufDecoder signed = decoder("signed");
        KeyRange range = keyRange("signed");
        long least = rangeValue(signed, "signed", -3L);
        long greatest = rangeValue(signed, "signed", 4L);
        assertThat(Long.compareUnsigned(least, greatest)).isNegative();
        assertThat(range.values(least, greatest)).isEqualTo(Map.of("min", "-3", "max", "4"));
        assertThat(signed.read(new SourceRecord(0, 0, null, event()))).isNull();
        assertThat(signed.hasRangeValue()).isFalse();
        assertThat(range.values(-1, 0)).isEqualTo(Map.of("min", "none", "max", "none"));
        KeyRange unsigned = keyRange("big");
        assertThat(unsigned.values(rangeValue(decoder("big"), "big", 1L), rangeValue(decoder("big"), "big", -1L)))
                .isEqualTo(Map.of("min", "1", "max", "18446744073709551615"));
    }

    private static KeyRange keyRange(String field) {
        Partitioning partitioning = new Partitioning(List.of(), field);
        return Objects.requireNonNull(new ProtobufSettings(LedgerEvents.TYPE, partitioning, false).keyRange());
    }

    private static long rangeValue(ProtobufDecoder decoder, String field, long value) {
        assertThat(decoder.read(new SourceRecord(0, 0, null, event(field, value))))
                .isNull();
        assertThat(decoder.hasRangeValue()).isTrue();
        return decoder.rangeValue();
    }

    @Test
    void refusesFieldsThatDivideNothing() {
        assertThatThrownBy(() -> decoder("", new Value("price", "price")))
                .hasMessageContaining("ledger.LedgerEvent.price is no string, integer, boolean or enum");
        assertThatThrownBy(() -> decoder("", new Value("closed_at", "c")))
                .hasMessageContaining("ledger.LedgerEvent.closed_at is no string");
        assertThatThrownBy(() -> decoder("", new Range("contract_id", 5, "r")))
                .hasMessageContaining("is no integer and has no ranges");
        assertThatThrownBy(() -> decoder("", new Value("header.nobody", "n")))
                .hasMessageContaining("\"header.nobody\" is no field: ledger.Header has no \"nobody\"");
        assertThatThrownBy(() -> new Range("big", 0, "r")).hasMessageContaining("at least 1");
    }
}
