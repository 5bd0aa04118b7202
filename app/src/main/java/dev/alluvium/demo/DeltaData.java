package dev.alluvium.demo;

import com.google.protobuf.ByteString;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Row deltas of four tables over several UTC days, about 250 bytes each: inserts, updates of some columns, deletes,
 * columns set to null, now and then a column that no schema declares. The clock runs on with the index and is off by some
 * records either way, so that the days overlap a little around midnight. Delta {@code i} depends on {@code i}, the seed
 * and the length of a day alone. Not thread safe.
 */
public final class DeltaData implements DataSet {
    /** 2026-02-03T00:00:00Z. */
    private static final long FIRST_DAY_MS = 1_770_076_800_000L;

    private static final long DAY_MS = 86_400_000L;
    /** Clocks disagree by up to so many records. */
    private static final int JITTER_RECORDS = 20;

    private static final int ROWS_PER_TABLE = 5_000;
    /** Odd, so that multiples of different numbers differ. */
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private static final HexFormat HEX = HexFormat.of();
    private static final String[] WORDS = {
        "oat milk", "write tests", "call Zoë", "deploy", "water plants", "review", "pay rent", "Blumen gießen"
    };
    private static final String[] CITIES = {"Oslo", "Lisbon", "Graz", "Turku", "Gent"};

    private static final List<Table> TABLES = List.of(
            new Table("users", "u", List.of("name", "email", "age", "active", "profile"), "TTNBJ"),
            new Table("todos", "t", List.of("title", "completed", "priority", "tags", "list"), "TBNJT"),
            new Table("orders", "o", List.of("customer", "total", "paid", "lines", "note"), "TNBJT"),
            new Table("devices", "d", List.of("model", "battery", "online", "reading"), "TNBJ"));

    private final long seed;
    private final long recordsPerDay;
    private final long badEvery;
    private final MessageDigest sha256;
    private final StringBuilder stableJson = new StringBuilder(512);

    private record Table(String name, String prefix, List<String> columns, List<ColumnKind> kinds) {
        Table(String name, String prefix, List<String> columns, String kinds) {
            this(
                    name,
                    prefix,
                    columns,
                    kinds.chars()
                            .mapToObj(c -> switch (c) {
                                case 'T' -> ColumnKind.TEXT;
                                case 'N' -> ColumnKind.DOUBLE;
                                case 'B' -> ColumnKind.BOOLEAN;
                                default -> ColumnKind.JSON;
                            })
                            .toList());
        }

        TableTally tally() {
            TableTally tally = new TableTally()
                    .column("op", ColumnKind.TEXT)
                    .column("table", ColumnKind.TEXT)
                    .column("rowId", ColumnKind.TEXT)
                    .column("clientId", ColumnKind.TEXT)
                    .column("hlc", ColumnKind.INT64)
                    .column("deltaId", ColumnKind.TEXT);
            for (int i = 0; i < columns.size(); i++) {
                tally.column(columns.get(i), kinds.get(i));
            }
            return tally.column("hlcTs", ColumnKind.TIME)
                    .column("_columns", ColumnKind.NAMES)
                    .column("_extra", ColumnKind.EXTRA)
                    .optionalColumn("_partition", ColumnKind.INT32)
                    .optionalColumn("_offset", ColumnKind.INT64)
                    .optionalColumn("_timestamp", ColumnKind.TIME);
        }
    }

    /**
     * @param recordsPerDay how many records the clock takes for a day
     * @param badEvery every so many records one that belongs in the dead letters; 0 for none
     */
    public DeltaData(long seed, long recordsPerDay, long badEvery) {
        if (recordsPerDay < 1 || badEvery < 0) {
            throw new IllegalArgumentException("recordsPerDay " + recordsPerDay + ", badEvery " + badEvery);
        }
        this.seed = seed;
        this.recordsPerDay = recordsPerDay;
        this.badEvery = badEvery;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The declared columns of each table, in order, with LakeSync's names of their types. */
    public static Map<String, Map<String, String>> tables() {
        Map<String, Map<String, String>> tables = new TreeMap<>();
        for (Table table : TABLES) {
            Map<String, String> columns = new LinkedHashMap<>();
            for (int i = 0; i < table.columns().size(); i++) {
                columns.put(
                        table.columns().get(i),
                        switch (table.kinds().get(i)) {
                            case DOUBLE -> "number";
                            case BOOLEAN -> "boolean";
                            case JSON -> "json";
                            default -> "string";
                        });
            }
            tables.put(table.name(), columns);
        }
        return tables;
    }

    @Override
    public Layout layout() {
        return Layout.DELTAS;
    }

    @Override
    public void produce(long index, Output output, Expectation expectation) {
        RowDelta delta = delta(index);
        byte[] value = delta.toByteArray();
        byte[] key = key(delta);
        long timestampMs = timestampMs(index);
        if (isBad(index)) {
            byte[] bad = spoil(delta, index / badEvery);
            output.send(key, bad, timestampMs);
            expectation.addBadRecord(bad.length);
            return;
        }
        Position position = output.send(key, value, timestampMs);
        expectation.addRecord(value.length);
        expect(delta, timestampMs, position, expectation);
    }

    /** Whether the record of that index belongs in the dead letters. */
    public boolean isBad(long index) {
        return badEvery > 0 && index % badEvery == badEvery - 1;
    }

    /** Table and row, so that all deltas of a row share a partition. */
    public static byte[] key(RowDelta delta) {
        return (delta.getTable() + '\0' + delta.getRowId()).getBytes(StandardCharsets.UTF_8);
    }

    /** The record's time, epoch milliseconds: up to two seconds after the delta's own clock. */
    public long timestampMs(long index) {
        SplittableRandom random = random(index);
        return wallMs(index, random) + random.nextInt(2_000);
    }

    /** The delta of an index, good also where {@link #produce} spoils it. */
    public RowDelta delta(long index) {
        SplittableRandom random = random(index);
        long wallMs = wallMs(index, random);
        Table table = TABLES.get(Math.min(random.nextInt(5), 3));
        int choice = random.nextInt(100);
        DeltaOp op =
                choice < 45 ? DeltaOp.DELTA_OP_INSERT : choice < 85 ? DeltaOp.DELTA_OP_UPDATE : DeltaOp.DELTA_OP_DELETE;
        RowDelta.Builder delta = RowDelta.newBuilder()
                .setOp(op)
                .setTable(table.name())
                .setRowId(table.prefix() + "-" + HEX.toHexDigits(MIX * random.nextInt(ROWS_PER_TABLE)))
                .setHlc(wallMs << 16 | random.nextInt(4))
                .setClientId("client-" + HEX.toHexDigits(MIX * random.nextInt(40), 12));
        if (op != DeltaOp.DELTA_OP_DELETE) {
            addColumns(delta, table, op == DeltaOp.DELTA_OP_INSERT, random);
        }
        return delta.setDeltaId(deltaId(delta)).build();
    }

    private static void addColumns(RowDelta.Builder delta, Table table, boolean all, SplittableRandom random) {
        int count = table.columns().size();
        int always = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            if (all || i == always || random.nextInt(2) == 0) {
                addColumn(delta, table.columns().get(i), value(table.kinds().get(i), random));
            }
        }
        if (random.nextInt(50) == 0) {
            addColumn(delta, "trace", Integer.toString(random.nextInt(1_000)));
        }
    }

    private static void addColumn(RowDelta.Builder delta, String name, String json) {
        delta.addColumns(ColumnDelta.newBuilder().setColumn(name).setValue(ByteString.copyFromUtf8(json)));
    }

    /** JSON text that is its own stable form: members sorted, no blanks, numbers as ECMAScript prints them. */
    private static String value(ColumnKind kind, SplittableRandom random) {
        if (random.nextInt(12) == 0) {
            return "null";
        }
        return switch (kind) {
            case DOUBLE -> decimal(random.nextInt(-20_000, 2_000_000));
            case BOOLEAN -> random.nextInt(2) == 0 ? "false" : "true";
            case JSON ->
                "{\"at\":\"" + CITIES[random.nextInt(CITIES.length)] + "\",\"n\":[" + random.nextInt(9) + ","
                        + random.nextInt(90) + "],\"of\":\"" + WORDS[random.nextInt(WORDS.length)] + "\"}";
            default ->
                '"' + WORDS[random.nextInt(WORDS.length)] + ", " + WORDS[random.nextInt(WORDS.length)] + " no. "
                        + random.nextInt(10_000) + '"';
        };
    }

    /** Hundredths as a decimal number, with no zeros at its end. */
    private static String decimal(int hundredths) {
        int fraction = Math.abs(hundredths % 100);
        String whole = hundredths < 0 && hundredths > -100 ? "-0" : Integer.toString(hundredths / 100);
        if (fraction == 0) {
            return hundredths == 0 ? "0" : whole;
        }
        return fraction % 10 == 0 ? whole + "." + fraction / 10 : whole + (fraction < 10 ? ".0" : ".") + fraction;
    }

    /**
     * The id that LakeSync gives a delta: SHA-256 over its stable JSON. Written apart from the decoder's, and for values
     * that are their own stable form only: no characters to escape, no members to sort, no numbers to print anew.
     */
    String deltaId(RowDelta.Builder delta) {
        stableJson.setLength(0);
        stableJson.append("{\"clientId\":\"").append(delta.getClientId()).append("\",\"columns\":[");
        for (int i = 0; i < delta.getColumnsCount(); i++) {
            ColumnDelta column = delta.getColumns(i);
            stableJson.append(i == 0 ? "" : ",").append("{\"column\":\"").append(column.getColumn());
            stableJson
                    .append("\",\"value\":")
                    .append(column.getValue().toStringUtf8())
                    .append('}');
        }
        stableJson.append("],\"hlc\":\"").append(delta.getHlc());
        stableJson.append("\",\"rowId\":\"").append(delta.getRowId());
        stableJson.append("\",\"table\":\"").append(delta.getTable()).append("\"}");
        return HEX.formatHex(sha256.digest(stableJson.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private SplittableRandom random(long index) {
        return new SplittableRandom(seed ^ index * MIX);
    }

    private long wallMs(long index, SplittableRandom random) {
        long day = index / recordsPerDay;
        long withinDay = (long) ((double) (index % recordsPerDay) / recordsPerDay * DAY_MS);
        long stepMs = Math.max(1, DAY_MS / recordsPerDay);
        long jitterRecords = Math.min(JITTER_RECORDS, recordsPerDay / 10);
        long jitterMs = random.nextLong(-jitterRecords * stepMs, jitterRecords * stepMs + 1);
        return FIRST_DAY_MS + day * DAY_MS + withinDay + jitterMs;
    }

    private static byte[] spoil(RowDelta delta, long kind) {
        RowDelta.Builder bad = delta.toBuilder();
        switch ((int) (kind % 6)) {
            case 0 -> bad.setOp(DeltaOp.DELTA_OP_UNSPECIFIED);
            case 1 -> bad.setTable("bad-name");
            case 2 -> bad.setHlc(delta.getHlc() | Long.MIN_VALUE);
            case 3 -> bad.addColumns(ColumnDelta.newBuilder().setColumn("empty"));
            case 4 -> bad.addColumns(ColumnDelta.newBuilder().setColumn("torn").setValue(ByteString.copyFromUtf8("{")));
            default -> {
                byte[] whole = delta.toByteArray();
                return Arrays.copyOf(whole, whole.length - 5);
            }
        }
        return bad.build().toByteArray();
    }

    private static void expect(RowDelta delta, long timestampMs, Position position, Expectation expectation) {
        Table table = TABLES.stream()
                .filter(each -> each.name().equals(delta.getTable()))
                .findFirst()
                .orElseThrow();
        TableTally tally = expectation.table(table.name(), table::tally);
        tally.startRow(delta.getDeltaId().substring(0, 16));
        tally.set("op", delta.getOp().name().substring("DELTA_OP_".length()));
        tally.set("table", delta.getTable());
        tally.set("rowId", delta.getRowId());
        tally.set("clientId", delta.getClientId());
        tally.set("hlc", Long.toString(delta.getHlc()));
        tally.set("deltaId", delta.getDeltaId());
        List<String> extra = new ArrayList<>(1);
        for (ColumnDelta column : delta.getColumnsList()) {
            int known = table.columns().indexOf(column.getColumn());
            String json = column.getValue().toStringUtf8();
            if (known >= 0) {
                tally.set(column.getColumn(), text(table.kinds().get(known), json));
            } else {
                extra.add(column.getColumn() + "=" + json);
            }
        }
        tally.set("hlcTs", Long.toString((delta.getHlc() >> 16) * 1_000));
        tally.set(
                "_columns",
                delta.getColumnsList().stream().map(ColumnDelta::getColumn).collect(Collectors.joining(",")));
        tally.set("_extra", String.join(",", extra));
        tally.set("_partition", Integer.toString(position.partition()));
        tally.set("_offset", Long.toString(position.offset()));
        tally.set("_timestamp", Long.toString(timestampMs * 1_000));
    }

    private static @Nullable String text(ColumnKind kind, String json) {
        if (json.equals("null")) {
            return null;
        }
        return switch (kind) {
            case DOUBLE -> ColumnKind.textOf(Double.parseDouble(json));
            case TEXT -> json.substring(1, json.length() - 1);
            default -> json;
        };
    }
}
