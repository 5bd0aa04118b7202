package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.ProtobufSettings.Tombstones;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufSchema;
import dev.alluvium.schema.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProtobufDecoderPropertyTest {
    private final RootAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void everyValueIsThatOfTheMessage() throws InvalidProtocolBufferException {
        for (long seed = 0; seed < 300; seed++) {
            RandomProtobuf chance = new RandomProtobuf(seed);
            Descriptor descriptor = chance.descriptor();
            List<byte[]> messages = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                messages.add(chance.bytes(descriptor));
            }
            assertThat(check(descriptor, messages, seed))
                    .as("accepted, seed " + seed)
                    .isEqualTo(8);
        }
    }

    @Test
    void acceptsAndRejectsCutAndDamagedMessagesAsProtobufDoes() throws InvalidProtocolBufferException {
        int accepted = 0;
        int rejected = 0;
        for (long seed = 10_000; seed < 10_080; seed++) {
            RandomProtobuf chance = new RandomProtobuf(seed);
            Descriptor descriptor = chance.descriptor();
            byte[] whole = chance.bytes(descriptor);
            List<byte[]> damaged = new ArrayList<>();
            for (int length = 0; length < Math.min(whole.length, 300); length++) {
                damaged.add(Arrays.copyOf(whole, length));
            }
            Random random = new Random(seed);
            for (int i = 0; i < 100 && whole.length > 0; i++) {
                byte[] flipped = whole.clone();
                for (int flips = 1 + random.nextInt(2); flips > 0; flips--) {
                    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                }
                damaged.add(flipped);
            }
            int good = check(descriptor, damaged, seed);
            accepted += good;
            rejected += damaged.size() - good;
        }
        assertThat(accepted).isGreaterThan(1000);
        assertThat(rejected).isGreaterThan(1000);
    }

    /** Decodes the messages into one batch and compares all rows; returns how many were accepted. */
    private int check(Descriptor descriptor, List<byte[]> messages, long seed) throws InvalidProtocolBufferException {
        ProtobufDecoder decoder = decoder(descriptor, seed);
        List<DynamicMessage> accepted = new ArrayList<>();
        List<byte[]> acceptedBytes = new ArrayList<>();
        try (RecordBatch batch = new RecordBatch(allocator, openingSchema(decoder))) {
            for (byte[] bytes : messages) {
                DynamicMessage message = parse(descriptor, bytes);
                SourceRecord record = new SourceRecord(accepted.size(), 1_000 + accepted.size(), null, bytes);
                Rejection rejection = decoder.read(record);
                if (message == null || rejection != null) {
                    if (message != null && rejection != null && isOwnReason(descriptor, bytes, rejection)) {
                        continue;
                    }
                    String what = "seed " + seed + ", bytes " + HexFormat.of().formatHex(bytes) + ", " + rejection
                            + descriptor.toProto();
                    assertThat(rejection == null).as(what).isEqualTo(message != null);
                    continue;
                }
                decoder.newColumns(batch).forEach(batch::addColumn);
                assertThat(decoder.append(batch)).isEqualTo(1);
                accepted.add(message);
                acceptedBytes.add(bytes);
            }
            compare(descriptor, batch, accepted, acceptedBytes, seed);
        }
        return accepted.size();
    }

    /** Rows are the same whether every column can be null, since tombstones are rows, or not. */
    private static ProtobufDecoder decoder(Descriptor descriptor, long seed) {
        Tombstones tombstones = seed % 2 == 0 ? Tombstones.ROW : Tombstones.REJECT;
        return new ProtobufDecoder(
                new ProtobufSettings(descriptor, Partitioning.NONE, true, ProtobufMapping.DEFAULT, tombstones), 3);
    }

    private static TableSchema openingSchema(ProtobufDecoder decoder) {
        assertThat(decoder.read(new SourceRecord(0, 0, null, new byte[0]))).isNull();
        return decoder.group().schema();
    }

    /**
     * Where the decoder is stricter than protobuf-java on purpose: strings that it need not check, and a varint
     * whose tenth byte announces another one, which protobuf-java's fast path takes where that byte is odd.
     */
    private static boolean isOwnReason(Descriptor descriptor, byte[] bytes, Rejection rejection) {
        return switch (rejection.reason()) {
            case BAD_UTF8 -> !descriptor.getFile().toProto().getSyntax().equals("proto3");
            default -> hasElevenByteVarint(bytes);
        };
    }

    private static boolean hasElevenByteVarint(byte[] bytes) {
        int run = 0;
        for (byte b : bytes) {
            run = b < 0 ? run + 1 : 0;
            if (run == 10) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable DynamicMessage parse(Descriptor descriptor, byte[] bytes) {
        try {
            return DynamicMessage.newBuilder(descriptor).mergeFrom(bytes).buildPartial();
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static void compare(
            Descriptor descriptor, RecordBatch batch, List<DynamicMessage> messages, List<byte[]> bytes, long seed)
            throws InvalidProtocolBufferException {
        List<Column> fields = ProtobufSchema.of(descriptor).columns();
        VectorSchemaRoot root = batch.root();
        assertThat(root.getRowCount()).isEqualTo(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            DynamicMessage message = messages.get(i);
            Map<String, @Nullable Object> row =
                    ArrowRows.row(root, batch.schema().columns(), i);
            String hex = HexFormat.of().formatHex(bytes.get(i));
            Supplier<String> what = () -> "seed " + seed + ", bytes " + hex + "\n" + message + row;
            assertThat(row.remove("_partition")).as(what).isEqualTo(3);
            assertThat(row.remove("_offset")).as(what).isEqualTo((long) i);
            assertThat(row.remove("_timestamp")).as(what).isEqualTo((1_000L + i) * 1_000);
            Object unknown = row.remove("_unknown");
            ByteString kept = unknown == null ? ByteString.EMPTY : (ByteString) unknown;
            DynamicMessage set =
                    DynamicMessage.newBuilder(descriptor).mergeFrom(kept).buildPartial();
            assertThat(CanonicalMessage.unknownFields(set)).as(what).isEqualTo(CanonicalMessage.unknownFields(message));
            row.remove("_rest");
            Object tombstone = row.remove("_tombstone");
            assertThat(tombstone).as(what).isIn(null, false);
            Map<String, @Nullable Object> expected = ExpectedRow.of(message, fields);
            assertThat(ExpectedRow.matches(expected, row))
                    .as(() -> what.get() + "\nexpected " + expected)
                    .isTrue();
        }
    }
}
