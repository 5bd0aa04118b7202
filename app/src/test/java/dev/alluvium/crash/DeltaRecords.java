package dev.alluvium.crash;

import com.google.protobuf.ByteString;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.DeltaOp;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Row deltas by chance: three tables, one of them declared nowhere, over three days; one in a hundred is bad in one of
 * all the ways a delta can be bad. Equal seeds give equal records. Not thread safe.
 */
final class DeltaRecords implements TrafficSource {
    /** Declared tables: type names by table and column, in the order of the files' columns. */
    static final Map<String, Map<String, String>> TABLES = ordered(
            "users",
            ordered("name", "string", "age", "number", "active", "boolean", "profile", "json"),
            "orders",
            ordered("amount", "number", "state", "string"));

    private static final List<String> NAMES = List.of("users", "orders", "events");
    private static final int DAYS = 3;
    private static final long FIRST_DAY_MS = 1_770_000_000_000L;
    private static final long DAY_MS = 86_400_000L;

    private final String topic;
    private final Random random;
    private long count;

    /** A map that every process iterates in the same order, unlike {@code Map.of}. */
    @SuppressWarnings("unchecked")
    private static <V> Map<String, V> ordered(Object... keysAndValues) {
        Map<String, V> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], (V) keysAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }

    DeltaRecords(String topic, long seed) {
        this.topic = topic;
        this.random = new Random(seed);
    }

    @Override
    public ProducerRecord<byte[], byte[]> next(int partition) {
        count++;
        RowDelta good = good();
        byte @Nullable [] value = random.nextInt(100) == 0 ? bad(good) : good.toByteArray();
        byte[] key = (good.getTable() + '\0' + good.getRowId()).getBytes(StandardCharsets.UTF_8);
        long timestamp = FIRST_DAY_MS + count * 5 - random.nextInt(200);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, timestamp, key, value);
        if (random.nextInt(10) == 0) {
            record.headers().add("trace", Long.toString(count).getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }

    private RowDelta good() {
        String table = NAMES.get(random.nextInt(NAMES.size()));
        long wall = FIRST_DAY_MS + random.nextInt(DAYS) * DAY_MS + random.nextInt(1_000_000);
        DeltaOp op = DeltaOp.forNumber(1 + random.nextInt(3));
        RowDelta.Builder delta = RowDelta.newBuilder()
                .setOp(op)
                .setTable(table)
                .setRowId("row-" + random.nextInt(1000))
                .setHlc((wall << 16) | random.nextInt(1 << 16))
                .setClientId("client-" + random.nextInt(5))
                .setDeltaId(String.format("%016x%048x", random.nextLong(), count));
        if (op != DeltaOp.DELTA_OP_DELETE) {
            addColumns(delta);
        }
        return delta.build();
    }

    private void addColumns(RowDelta.Builder delta) {
        switch (delta.getTable()) {
            case "users" -> {
                add(delta, "name", "\"Zo\u00eb \\\"" + random.nextInt(100) + "\\\"\"");
                add(delta, "age", Double.toString(random.nextInt(1000) / 10.0));
                add(delta, "active", Boolean.toString(random.nextBoolean()));
                add(delta, "profile", "{\"b\": " + random.nextInt(9) + ", \"a\": [1, null]}");
                add(delta, "nickname", "\"undeclared\"");
            }
            case "orders" -> {
                add(delta, "state", "\"" + "open,paid,sent".split(",", -1)[random.nextInt(3)] + "\"");
                add(delta, "amount", Double.toString(random.nextGaussian()));
            }
            default -> add(delta, "payload", "{\"n\":" + random.nextInt() + "}");
        }
    }

    /** Sets most columns, some of them to null. */
    private void add(RowDelta.Builder delta, String column, String json) {
        int choice = random.nextInt(8);
        if (choice > 0) {
            delta.addColumns(column(column, choice == 1 ? "null" : json));
        }
    }

    private static ColumnDelta.Builder column(String name, String json) {
        return ColumnDelta.newBuilder().setColumn(name).setValue(ByteString.copyFromUtf8(json));
    }

    private byte @Nullable [] bad(RowDelta good) {
        RowDelta.Builder delta = good.toBuilder();
        switch (random.nextInt(9)) {
            case 0 -> {
                return null;
            }
            case 1 -> {
                byte[] bytes = good.toByteArray();
                return Arrays.copyOf(bytes, bytes.length - 1);
            }
            case 2 -> delta.setOp(DeltaOp.DELTA_OP_UNSPECIFIED);
            case 3 -> delta.setOpValue(17);
            case 4 -> delta.setTable("no-table");
            case 5 -> delta.setHlc(good.getHlc() | Long.MIN_VALUE);
            case 6 -> delta.addColumns(column("empty", ""));
            case 7 -> delta.addColumns(column("broken", "{"));
            default -> delta.setTable("orders").addColumns(column("amount", "\"text\""));
        }
        return delta.build().toByteArray();
    }
}
