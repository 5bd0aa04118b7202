package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeltaDecoderPropertyTest {
    private static final long SEED = 411;
    private static final int DELTAS = 3_000;
    private static final String[] NAMES = {
        "name", "age", "active", "meta", "nothing", "x", "other", "op", "_extra", "Name", "a_column_of_a_longer_name_1"
    };

    /** L0-27 and more: what comes back is what was sent, whatever was sent. */
    @Test
    void givesRandomDeltasBack() {
        int rows = 0;
        for (int i = 0; i < DELTAS; i++) {
            byte[] value = random(new Random(SEED + i)).toByteArray();
            rows += check(i, value) ? 1 : 0;
        }
        assertThat(rows).as("accepted of %d", DELTAS).isBetween(DELTAS / 2, DELTAS - 1);
    }

    @Test
    void treatsMutatedDeltasAsProtobufDoes() {
        int rows = 0;
        for (int i = 0; i < DELTAS; i++) {
            Random random = new Random(SEED + i);
            byte[] value = RandomJson.mutate(random, random(random).toByteArray());
            rows += check(i, value) ? 1 : 0;
        }
        assertThat(rows).as("accepted of %d", DELTAS).isBetween(DELTAS / 20, DELTAS - 1);
    }

    private static boolean check(int i, byte[] value) {
        try {
            return DeltaReference.check(value, DeltaDecoderTest.USERS);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + (SEED + i), e);
        }
    }

    private static RowDelta random(Random random) {
        RowDelta.Builder delta = RowDelta.newBuilder()
                .setOpValue(1 + random.nextInt(3))
                .setTable(random.nextInt(4) == 0 ? "other_table" : "users")
                .setRowId("row " + random.nextInt())
                .setClientId(random.nextInt(5) == 0 ? "" : "client-é")
                .setHlc(random.nextLong() >>> 1)
                .setDeltaId("d".repeat(random.nextInt(65)));
        for (int count = random.nextInt(random.nextInt(20) == 0 ? 60 : 6); count > 0; count--) {
            delta.addColumns(cell(random));
        }
        if (random.nextInt(5) == 0) {
            delta.setUnknownFields(unknown(random));
        }
        return delta.build();
    }

    private static ColumnDelta cell(Random random) {
        String name = NAMES[random.nextInt(NAMES.length)];
        String json = random.nextInt(40) == 0 ? RandomJson.value(random, 2) : fitting(random, name);
        ColumnDelta.Builder cell = ColumnDelta.newBuilder().setColumn(name).setValue(ByteString.copyFromUtf8(json));
        if (random.nextInt(20) == 0) {
            cell.setUnknownFields(unknown(random));
        }
        return cell.build();
    }

    private static String fitting(Random random, String name) {
        if (random.nextInt(5) == 0) {
            return " null".substring(random.nextInt(2));
        }
        return switch (name) {
            case "name" -> RandomJson.string(random).replaceAll("\\\\u[dD][89a-fA-F]..", "");
            case "age", "x" -> RandomJson.number(random).replaceAll("[eE].*", "");
            case "active" -> String.valueOf(random.nextBoolean());
            default -> RandomJson.value(random, 2);
        };
    }

    private static UnknownFieldSet unknown(Random random) {
        UnknownFieldSet.Field field = UnknownFieldSet.Field.newBuilder()
                .addVarint(random.nextLong())
                .addLengthDelimited(ByteString.copyFromUtf8("u".repeat(random.nextInt(200))))
                .build();
        return UnknownFieldSet.newBuilder()
                .addField(8 + random.nextInt(1_000), field)
                .build();
    }
}
