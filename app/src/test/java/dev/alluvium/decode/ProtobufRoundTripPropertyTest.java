package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.decode.ProtobufSettings.Tombstones;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is lost: the message behind a row is the message that was archived, byte for byte in its canonical form. */
class ProtobufRoundTripPropertyTest {
    private static final int TYPES = Integer.getInteger("alluvium.test.types", 250);
    private static final int MESSAGES = 10;

    private final Map<Descriptor, ExtensionRegistry> extensions = new HashMap<>();

    @TempDir
    Path dir;

    @Test
    void everyMessageComesBackFromItsRow() throws IOException {
        int withRest = 0;
        for (long seed = 0; seed < TYPES; seed++) {
            RandomProtobuf chance = new RandomProtobuf(seed);
            Descriptor type = chance.descriptor();
            List<byte[]> messages = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                messages.add(chance.bytes(type));
            }
            try (ProtobufArchive archive = new ProtobufArchive(type, mapping(seed), tombstones(seed))) {
                messages.forEach(archive::with);
                boolean isThroughFile = seed % 10 == 0;
                List<DynamicMessage> back =
                        isThroughFile ? archive.messagesOf(dir.resolve(seed + ".parquet")) : archive.messages();
                for (int i = 0; i < MESSAGES; i++) {
                    String what = "seed " + seed + ", message " + i + " of "
                            + type.getFile().toProto();
                    // A file brings its own descriptor, equal but not the same.
                    assertSame(type, back.get(i).toByteString(), ByteString.copyFrom(messages.get(i)), what);
                }
                withRest += archive.columns().contains("_rest") ? 1 : 0;
            }
        }
        assertThat(withRest).as("types with a column for the rest").isBetween(TYPES / 10, TYPES * 9 / 10);
    }

    /** Where tombstones are rows, every column can be null; what messages become is the same. */
    private static Tombstones tombstones(long seed) {
        return seed % 2 == 0 ? Tombstones.ROW : Tombstones.REJECT;
    }

    /** Depths of 1 to 3, and both units of time. */
    private static ProtobufMapping mapping(long seed) {
        return new ProtobufMapping(1 + (int) (seed % 3), seed % 2 == 0 ? Times.MICROS : Times.NANOS);
    }

    @Test
    void aMessageOfAnotherVersionOfItsTypeComesBackWhole() throws IOException {
        int differences = 0;
        for (long seed = 20_000; seed < 20_000 + TYPES / 2; seed++) {
            RandomProtobuf chance = new RandomProtobuf(seed);
            FileDescriptorProto all = chance.file();
            Descriptor writer = RandomProtobuf.link(chance.without(all));
            Descriptor archived = RandomProtobuf.link(chance.without(all));
            try (ProtobufArchive archive = new ProtobufArchive(archived, mapping(seed), tombstones(seed))) {
                List<ByteString> written = new ArrayList<>();
                for (int i = 0; i < MESSAGES; i++) {
                    ByteString message = canonical(writer, ByteString.copyFrom(chance.bytes(writer)));
                    written.add(message);
                    archive.with(message.toByteArray());
                }
                List<DynamicMessage> back = archive.messages();
                for (int i = 0; i < MESSAGES; i++) {
                    String what = "seed " + seed + ", message " + i + "\n"
                            + writer.getFile().toProto() + "\narchived as\n"
                            + archived.getFile().toProto();
                    // The archive's version gives back what it read, and any other version its own reading.
                    assertSame(archived, back.get(i).toByteString(), written.get(i), what);
                    assertSame(writer, back.get(i).toByteString(), written.get(i), what);
                    differences += back.get(i).getUnknownFields().asMap().isEmpty() ? 0 : 1;
                }
            }
        }
        assertThat(differences)
                .as("messages with fields that the archive's type lacks")
                .isGreaterThan(TYPES);
    }

    @Test
    void whatIsAcceptedOfCutAndDamagedMessagesComesBackToo() throws IOException {
        int accepted = 0;
        for (long seed = 30_000; seed < 30_000 + TYPES / 10; seed++) {
            RandomProtobuf chance = new RandomProtobuf(seed);
            Descriptor type = chance.descriptor();
            byte[] whole = chance.bytes(type);
            Random random = new Random(seed);
            try (ProtobufArchive archive = new ProtobufArchive(type)) {
                List<byte[]> messages = new ArrayList<>();
                for (int i = 0; i < Math.min(whole.length, 200); i++) {
                    byte[] damaged = i % 2 == 0 ? Arrays.copyOf(whole, i) : whole.clone();
                    if (i % 2 != 0) {
                        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                    }
                    if (archive.add(damaged) == null) {
                        messages.add(damaged);
                    }
                }
                List<DynamicMessage> back = archive.messages();
                for (int i = 0; i < messages.size(); i++) {
                    String what = "seed " + seed + ", bytes " + HexFormat.of().formatHex(messages.get(i)) + "\n"
                            + type.getFile().toProto();
                    assertSame(type, back.get(i).toByteString(), ByteString.copyFrom(messages.get(i)), what);
                }
                accepted += messages.size();
            }
        }
        assertThat(accepted).isGreaterThan(TYPES);
    }

    private void assertSame(Descriptor type, ByteString actual, ByteString expected, String what)
            throws InvalidProtocolBufferException {
        DynamicMessage read = parse(type, actual);
        DynamicMessage written = parse(type, expected);
        assertThat(CanonicalMessage.bytes(read))
                .as(() -> what + "\nread\n" + read + "\nwritten\n" + written)
                .isEqualTo(CanonicalMessage.bytes(written));
    }

    private ByteString canonical(Descriptor type, ByteString message) throws InvalidProtocolBufferException {
        return CanonicalMessage.bytes(parse(type, message));
    }

    private DynamicMessage parse(Descriptor type, ByteString message) throws InvalidProtocolBufferException {
        try {
            ExtensionRegistry known =
                    extensions.computeIfAbsent(type, added -> new ProtobufRows(added, Times.MICROS).extensions());
            return DynamicMessage.newBuilder(type).mergeFrom(message, known).buildPartial();
        } catch (InvalidProtocolBufferException e) {
            // An archive takes what is well-formed without the extensions.
            return DynamicMessage.newBuilder(type).mergeFrom(message).buildPartial();
        }
    }
}
