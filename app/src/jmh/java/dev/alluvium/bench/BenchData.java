package dev.alluvium.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.alluvium.bench.proto.ColumnDelta;
import dev.alluvium.bench.proto.DeltaOp;
import dev.alluvium.bench.proto.RowDelta;
import dev.alluvium.bench.proto.Telemetry;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.TableSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The two data sets that all benchmarks share: deltas of about 246 bytes and telemetry of about 178. Record {@code i}
 * depends on {@code i} alone. They are those of the benchmark that compares with other tools, byte for byte: a checksum
 * says so.
 */
public enum BenchData {
    /** Row deltas: text, hex digits, a list of structs. */
    DELTAS("0246110f3b709dc99429797a39d822be1b39f2b5064779a4f8d17024cc242d74") {
        @Override
        public Message message(long index) {
            return delta(index);
        }
    },
    /** Samples: two integers, thirteen doubles, a map. */
    TELEMETRY("615dd7505046f2b2cfd02ccf12d816711626ab4f6f273b2eaf25899fbbb3afc6") {
        @Override
        public Message message(long index) {
            return telemetry(index);
        }
    };

    /** How many records {@link #records} gives: ten pages of each column. */
    public static final int RECORDS = 200_000;

    private static final int CHECKED_RECORDS = 100_000;

    private static final String[] TABLES = {
        "todos", "projects", "users", "comments", "labels", "attachments", "events", "audit"
    };
    private static final String[][] COLUMNS = {
        {"title", "done", "due_at", "priority"},
        {"name", "owner_id", "archived"},
        {"email", "display_name", "avatar_url", "locale"},
        {"body", "author_id", "todo_id"},
        {"label", "colour"},
        {"file_name", "size", "mime_type"},
        {"kind", "payload", "at"},
        {"actor", "action", "target"}
    };
    private static final String WORDS =
            "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa ";
    private static final String[] AUX = {
        "oil_temp", "water_temp", "tyre_fl", "tyre_fr", "tyre_rl", "tyre_rr", "boost", "lambda"
    };
    private static final long FIRST_HLC = 1_760_000_000_000L << 16;

    private final String sha256;

    BenchData(String sha256) {
        this.sha256 = sha256;
    }

    /** The message of a record. */
    public abstract Message message(long index);

    /** The type of all messages, without values. */
    public Message prototype() {
        return this == DELTAS ? RowDelta.getDefaultInstance() : Telemetry.getDefaultInstance();
    }

    /** Parses with the generated class. */
    public Parser<? extends Message> parser() {
        return this == DELTAS ? RowDelta.parser() : Telemetry.parser();
    }

    /** A decoder whose columns are those of the message alone. */
    public ProtobufDecoder decoder() {
        return new ProtobufDecoder(settings(), 0);
    }

    /** The columns of that decoder. */
    public TableSchema schema() {
        return settings().schema();
    }

    private ProtobufSettings settings() {
        return new ProtobufSettings(prototype().getDescriptorForType(), Partitioning.NONE, false);
    }

    /** The first {@link #RECORDS} records, checked. */
    public List<SourceRecord> records() {
        List<SourceRecord> records = new ArrayList<>(RECORDS);
        MessageDigest digest = newDigest();
        for (int i = 0; i < RECORDS; i++) {
            byte[] bytes = message(i).toByteArray();
            if (i < CHECKED_RECORDS) {
                digest.update(bytes);
            }
            records.add(new SourceRecord(i, i, null, bytes));
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(sha256)) {
            throw new IllegalStateException(this + ": the first records have the SHA-256 " + found + ", not " + sha256);
        }
        return records;
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SplittableRandom random(long index) {
        // Mixed: seeds that are a gamma apart would give the same numbers, shifted.
        long mixed = (index + 42) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 29)) * 0x94D049BB133111EBL;
        return new SplittableRandom(mixed ^ (mixed >>> 32));
    }

    private static String uuid(long pool) {
        SplittableRandom random = random(pool + (1L << 40));
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private static String hex(SplittableRandom random) {
        StringBuilder text = new StringBuilder(64);
        for (int i = 0; i < 4; i++) {
            text.append(HexFormat.of().toHexDigits(random.nextLong()));
        }
        return text.toString();
    }

    private static RowDelta delta(long index) {
        SplittableRandom random = random(index);
        int table = Math.min(random.nextInt(TABLES.length), random.nextInt(TABLES.length));
        int kind = random.nextInt(10);
        DeltaOp op = kind < 3 ? DeltaOp.INSERT : kind < 9 ? DeltaOp.UPDATE : DeltaOp.DELETE;
        RowDelta.Builder delta = RowDelta.newBuilder()
                .setOp(op)
                .setTable(TABLES[table])
                .setRowId(uuid(random.nextInt(200_000)))
                .setClientId("client-" + uuid(1_000_000 + random.nextInt(500)))
                .setHlc(FIRST_HLC + (index << 10))
                .setDeltaId(hex(random));
        if (op != DeltaOp.DELETE) {
            String[] columns = COLUMNS[table];
            int first = op == DeltaOp.INSERT ? 0 : random.nextInt(columns.length - 1);
            for (int i = first; i < columns.length; i++) {
                delta.addColumns(ColumnDelta.newBuilder()
                        .setColumn(columns[i])
                        .setValue(ByteString.copyFrom(value(random), StandardCharsets.UTF_8)));
            }
        }
        return delta.build();
    }

    private static String value(SplittableRandom random) {
        int kind = random.nextInt(4);
        if (kind == 0) {
            return Integer.toString(random.nextInt(100_000));
        }
        if (kind == 1) {
            return random.nextBoolean() ? "true" : "false";
        }
        int start = random.nextInt(WORDS.length() - 40);
        return '"' + WORDS.substring(start, start + 8 + random.nextInt(32)) + random.nextInt(10_000) + '"';
    }

    private static Telemetry telemetry(long index) {
        SplittableRandom random = random(index);
        double time = (index % 20_000) * 0.05;
        double angle = time * 0.06;
        Telemetry.Builder sample = Telemetry.newBuilder()
                .setSessionId(1 + index / 20_000)
                .setLapNumber(1 + (int) (index % 20_000 / 1_000))
                .setTime(time)
                .setDistance(time * 41.7 + random.nextDouble())
                .setLat(52.07 + 0.01 * Math.sin(angle))
                .setLon(-1.01 + 0.01 * Math.cos(angle))
                .setSpeed(Math.round((150 + 90 * Math.sin(angle * 3) + random.nextDouble()) * 100) / 100.0)
                .setRpm(6000 + random.nextInt(6000))
                .setThrottle(random.nextInt(101))
                .setBrake(random.nextInt(4) == 0 ? random.nextInt(101) : 0)
                .setGear(1 + random.nextInt(8))
                .setSteering(Math.round(random.nextDouble() * 3600 - 1800) / 10.0)
                .setGlat(random.nextDouble() * 6 - 3)
                .setGlong(random.nextDouble() * 6 - 3)
                .setHeading(angle % 360);
        int count = 2 + random.nextInt(3);
        int first = random.nextInt(AUX.length);
        for (int i = 0; i < count; i++) {
            sample.putAux(AUX[(first + i) % AUX.length], Math.round(random.nextDouble() * 1000) / 10.0);
        }
        return sample.build();
    }
}
