package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.schema.IncompatibleSchemaException;
import dev.alluvium.schema.MergedSchema;
import dev.alluvium.schema.SchemaVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Records of all versions of a schema, read by the merge of them: nothing is lost, and nothing is misread. */
class MergedSchemaPropertyTest {
    private static final int TYPES = Integer.getInteger("alluvium.test.types", 250);
    private static final int MESSAGES = 5;

    private static final Map<FieldDescriptorProto.Type, List<FieldDescriptorProto.Type>> WIDER = Map.of(
            FieldDescriptorProto.Type.TYPE_INT32,
            List.of(FieldDescriptorProto.Type.TYPE_INT64),
            FieldDescriptorProto.Type.TYPE_UINT32,
            List.of(FieldDescriptorProto.Type.TYPE_UINT64),
            FieldDescriptorProto.Type.TYPE_SINT32,
            List.of(FieldDescriptorProto.Type.TYPE_SINT64),
            FieldDescriptorProto.Type.TYPE_STRING,
            List.of(FieldDescriptorProto.Type.TYPE_BYTES));

    private int widened;

    @Test
    void everyVersionsRecordsComeBackThroughTheMerge() throws Exception {
        for (long seed = 50_000; seed < 50_000 + TYPES / 2; seed++) {
            RandomProtobuf chance = new RandomProtobuf(seed);
            Random random = new Random(seed);
            FileDescriptorProto all = chance.file();
            List<Descriptor> writers = new ArrayList<>();
            List<SchemaVersion> versions = new ArrayList<>();
            for (int id = 1; id <= 2 + random.nextInt(2); id++) {
                SchemaVersion version = SchemaVersion.link(id, changed(chance.without(all), random), Map.of());
                versions.add(version);
                writers.add(version.file().findMessageTypeByName("M0"));
            }
            Descriptor merged = merge(versions, seed);
            if (merged.getFields().isEmpty()) {
                continue;
            }
            String what = "seed " + seed + "\n" + merged.getFile().toProto() + "\nof\n"
                    + versions.stream().map(version -> version.file().toProto()).toList();
            try (ProtobufArchive archive = new ProtobufArchive(merged)) {
                List<ByteString> written = new ArrayList<>();
                for (int i = 0; i < MESSAGES * writers.size(); i++) {
                    Descriptor writer = writers.get(i % writers.size());
                    ByteString message = parse(writer, ByteString.copyFrom(chance.bytes(writer)))
                            .toByteString();
                    archive.with(message.toByteArray());
                    written.add(message);
                }
                List<DynamicMessage> back = archive.messages();
                for (int i = 0; i < written.size(); i++) {
                    assertSame(merged, back.get(i).toByteString(), written.get(i), what);
                    assertSame(writers.get(i % writers.size()), back.get(i).toByteString(), written.get(i), what);
                }
            }
        }
        assertThat(widened).as("fields of another width").isGreaterThan(TYPES / 2);
    }

    private static Descriptor merge(List<SchemaVersion> versions, long seed) throws IncompatibleSchemaException {
        try {
            return MergedSchema.of(versions).message("r.M0").orElseThrow();
        } catch (IncompatibleSchemaException e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\n"
                            + versions.stream()
                                    .map(version -> version.file().toProto())
                                    .toList(),
                    e);
        }
    }

    /** Wider types, other names, more values. */
    private FileDescriptorProto changed(FileDescriptorProto file, Random random) {
        FileDescriptorProto.Builder changed = file.toBuilder();
        for (DescriptorProto.Builder message : changed.getMessageTypeBuilderList()) {
            for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
                change(field, random);
            }
            for (DescriptorProto.Builder entry : message.getNestedTypeBuilderList()) {
                if (entry.getOptions().getMapEntry()) {
                    widen(entry.getFieldBuilder(1), random);
                }
            }
        }
        int number = 2 + random.nextInt(3);
        changed.getEnumTypeBuilder(0)
                .addValue(EnumValueDescriptorProto.newBuilder()
                        .setName("E_NEW" + number)
                        .setNumber(number));
        return changed.build();
    }

    private void change(FieldDescriptorProto.Builder field, Random random) {
        widen(field, random);
        if (random.nextInt(8) == 0) {
            field.setName(field.getName() + "_renamed");
        }
    }

    private void widen(FieldDescriptorProto.Builder field, Random random) {
        List<FieldDescriptorProto.Type> wider = WIDER.get(field.getType());
        if (wider != null && !field.hasDefaultValue() && random.nextInt(3) == 0) {
            field.setType(wider.get(random.nextInt(wider.size())));
            widened++;
        }
    }

    private static void assertSame(Descriptor type, ByteString actual, ByteString expected, String what)
            throws InvalidProtocolBufferException {
        DynamicMessage read = parse(type, actual);
        DynamicMessage written = parse(type, expected);
        assertThat(CanonicalMessage.bytes(read))
                .as(() -> what + "\nread\n" + read + "\nwritten\n" + written)
                .isEqualTo(CanonicalMessage.bytes(written));
    }

    private static DynamicMessage parse(Descriptor type, ByteString message) throws InvalidProtocolBufferException {
        return DynamicMessage.newBuilder(type).mergeFrom(message).buildPartial();
    }
}
