package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.decode.Rejection.Reason;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtobufCornerCasesTest {
    private static final Descriptor EVERYTHING = GoldenTypes.everything();

    /** What a test writes into a message. */
    @FunctionalInterface
    private interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] wire(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /** Messages one behind the other: protobuf merges them. */
    private static byte[] merged(String... texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String text : texts) {
            bytes.writeBytes(GoldenTypes.text(EVERYTHING, text));
        }
        return bytes.toByteArray();
    }

    /** The row of a message, from which the same message has been read back. */
    private static Map<String, @Nullable Object> row(Descriptor type, byte[] message) {
        try (ProtobufArchive archive = new ProtobufArchive(type)) {
            archive.with(message);
            assertThat(CanonicalMessage.bytes(archive.messages().get(0)))
                    .as(HexFormat.of().formatHex(message))
                    .isEqualTo(CanonicalMessage.bytes(parse(type, message)));
            return archive.row();
        }
    }

    private static Map<String, @Nullable Object> row(String text) {
        return row(EVERYTHING, GoldenTypes.text(EVERYTHING, text));
    }

    private static DynamicMessage parse(Descriptor type, byte[] message) {
        try {
            return DynamicMessage.newBuilder(type)
                    .mergeFrom(message, new ProtobufRows(type, Times.MICROS).extensions())
                    .buildPartial();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Rejection rejection(Descriptor type, byte[] message) {
        try (ProtobufArchive archive = new ProtobufArchive(type)) {
            return archive.add(message);
        }
    }

    @Test
    void mergesAMessageThatComesAgain() {
        byte[] message = merged(
                "item { count: 1 } timestamp { seconds: 5 } struct { fields { key: 'a' value { bool_value: true } } }",
                "item { when { seconds: 2 } } timestamp { nanos: 7000 } struct { fields { key: 'b' value {} } }");

        Map<String, @Nullable Object> row = row(EVERYTHING, message);

        assertThat(row.get("item")).hasToString("{count=1, when=1970-01-01T00:00:02Z}");
        assertThat(row.get("timestamp")).hasToString("1970-01-01T00:00:05.000007Z");
        assertThat(row).containsEntry("struct", "{\"a\":true,\"b\":null}");
        assertThat(rest(row)).as("a value without a kind is no JSON").containsOnlyKeys("struct");
    }

    @Test
    void takesTheLastOfAScalarThatComesAgain() {
        Map<String, @Nullable Object> row = row(EVERYTHING, merged("an_int32: 1 a_string: 'a'", "a_string: 'b'"));

        assertThat(row).containsEntry("an_int32", 1).containsEntry("a_string", "b");
    }

    @Test
    void takesTheLastArmOfAOneof() {
        byte[] message = merged("thing { count: 1 }", "text: 'x'", "thing { when {} }");

        Map<String, @Nullable Object> row = row(EVERYTHING, message);

        assertThat(row).containsEntry("text", null).containsEntry("number", null);
        assertThat(row.get("thing")).hasToString("{count=0, when=1970-01-01T00:00:00Z}");
    }

    @Test
    void takesTheLastKindOfAValueAndMergesItOnlyWithItsLikes() {
        byte[] message = merged(
                "value { list_value { values { bool_value: true } } }",
                "value { string_value: 'x' }",
                "value { list_value { } }",
                "value { list_value { values { number_value: -0.0 } } }");

        assertThat(row(EVERYTHING, message)).containsEntry("value", "[-0.0]");
    }

    @Test
    void namesNegativeEnumsAndWritesNumbersWithoutAName() {
        byte[] message = wire(out -> {
            out.writeEnum(16, -2);
            out.writeEnum(27, -2);
            out.writeEnum(27, -77);
            out.writeEnum(27, 3);
        });

        assertThat(row(EVERYTHING, message))
                .containsEntry("color", "BLUE")
                .containsEntry("colors", List.of("BLUE", "-77", "3"));
    }

    @Test
    void keepsNumbersThatAClosedEnumDoesNotHaveAsUnknownFields() {
        byte[] entry = wire(out -> {
            out.writeString(1, "new");
            out.writeEnum(2, -9);
        });
        byte[] message = wire(out -> {
            out.writeEnum(3, 8);
            out.writeByteArray(4, new byte[] {3, 9, 7});
            out.writeByteArray(5, entry);
            out.writeEnum(8, 3);
            out.writeEnum(8, 99);
        });

        Map<String, @Nullable Object> row = row(GoldenTypes.legacy(), message);

        assertThat(row)
                .containsEntry("size", null)
                .containsEntry("sizes", List.of("SMALL", "LARGE"))
                .containsEntry("size_by_name", Map.of())
                .containsEntry("chosen", "SMALL");
        assertThat(row.get("_unknown")).isEqualTo(wire(out -> {
            out.writeEnum(3, 8);
            out.writeEnum(4, 9);
            out.writeByteArray(5, entry);
            out.writeEnum(8, 99);
        }));
    }

    @Test
    void keepsTheBitsOfNotANumberAndOfNegativeZero() {
        int notANumber = 0x7FC12345;
        long longNotANumber = 0xFFF8000000012345L;
        byte[] message = wire(out -> {
            out.writeFixed32(11, notANumber);
            out.writeFixed64(12, longNotANumber);
        });

        Map<String, @Nullable Object> row = row(EVERYTHING, message);
        assertThat(Float.floatToRawIntBits((Float) Objects.requireNonNull(row.get("a_float"))))
                .isEqualTo(notANumber);
        assertThat(Double.doubleToRawLongBits((Double) Objects.requireNonNull(row.get("a_double"))))
                .isEqualTo(longNotANumber);

        Map<String, @Nullable Object> zero = row("a_float: -0.0 a_double: -0.0");
        assertThat(zero).containsEntry("a_float", -0.0f).containsEntry("a_double", -0.0);
    }

    @ParameterizedTest
    @CsvSource({
        "7201FF, golden.Everything.a_string",
        "C201024180, golden.Everything.texts",
        "E201060A0241801001, golden.Everything.CountsEntry.key",
        "C202040A02C328, google.protobuf.StringValue.value",
        "E202050A030A01FF, google.protobuf.Struct.FieldsEntry.key",
        "FA02030A01FF, google.protobuf.FieldMask.paths",
        // Below the depth of columns, in a message that is kept as bytes.
        "AA01091207120512030A01FF, golden.Node.name"
    })
    void rejectsAStringThatIsNotUtf8AndSaysWhich(String hex, String field) {
        Rejection rejection = rejection(EVERYTHING, HexFormat.of().parseHex(hex));

        assertThat(rejection).isNotNull();
        assertThat(Objects.requireNonNull(rejection).reason()).isEqualTo(Reason.BAD_UTF8);
        assertThat(rejection.detail()).contains(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0881808000", "08818080808080808000", "8880800001", "0881808080F0FFFFFFFF01"})
    void readsVarintsThatAreLongerThanTheyMustBe(String hex) {
        assertThat(row(EVERYTHING, HexFormat.of().parseHex(hex))).containsEntry("an_int32", 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "088180808080808080808000",
                "88808080808080808080800001",
                "08FF",
                "00",
                "0C",
                "0E",
                "AA01FFFFFFFF0F",
                "B3010801"
            })
    void rejectsWhatIsNoFieldOfAnyMessage(String hex) {
        assertThat(Objects.requireNonNull(rejection(EVERYTHING, HexFormat.of().parseHex(hex)))
                        .reason())
                .isEqualTo(Reason.UNDECODABLE);
    }

    @Test
    void readsOrRejectsAMessageCutAnywhere() {
        cutAnywhere(EVERYTHING, GoldenTypes.message(EVERYTHING, "everything.txtpb"));
        cutAnywhere(GoldenTypes.legacy(), GoldenTypes.message(GoldenTypes.legacy(), "legacy.txtpb"));
        cutAnywhere(GoldenTypes.modern(), GoldenTypes.message(GoldenTypes.modern(), "modern.txtpb"));
    }

    private static void cutAnywhere(Descriptor type, byte[] whole) {
        int accepted = 0;
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            boolean isMessage = isMessage(type, cut);
            Rejection rejection = rejection(type, cut);
            assertThat(rejection == null)
                    .as(type.getFullName() + " of " + length + " bytes: " + rejection)
                    .isEqualTo(isMessage);
            if (isMessage) {
                accepted++;
                assertThat(row(type, cut)).isNotEmpty();
            } else {
                assertThat(Objects.requireNonNull(rejection).reason()).isIn(Reason.UNDECODABLE, Reason.BAD_UTF8);
            }
        }
        assertThat(accepted).as("fields of the sample that end somewhere").isBetween(8, whole.length / 2);
    }

    private static boolean isMessage(Descriptor type, byte[] bytes) {
        try {
            DynamicMessage parsed =
                    DynamicMessage.newBuilder(type).mergeFrom(bytes).buildPartial();
            return parsed.getDescriptorForType() == type;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    @Test
    void needsNoColumnForTheRestOfAnOrdinaryMessage() {
        try (ProtobufArchive archive = new ProtobufArchive(EVERYTHING)) {
            archive.with(GoldenTypes.message(EVERYTHING, "everything.txtpb"));

            assertThat(archive.columns()).doesNotContain("_rest", "_unknown");
        }
    }

    @Test
    void keepsWhatColumnsCannotHoldByItsPath() {
        Map<String, @Nullable Object> row = row("""
                timestamp { seconds: 1 nanos: 1 }
                duration { seconds: 1 nanos: -1000 }
                items { count: 1 }
                items { count: 2 when { seconds: 9223372036854775807 } }
                item_by_number { key: -3 value { when { nanos: 1500 } } }
                duration_by_id { key: 18446744073709551615 value { nanos: 1000000000 } }
                timestamps { seconds: 1 } timestamps { nanos: -1 }
                value { number_value: inf }
                values { key: "a\\"\\n" value { } }
                mask { paths: "camelCase" }
                any { type_url: "type.googleapis.com/golden.Item" value: "\\010\\007" }
                """);

        assertThat(rest(row).keySet())
                .containsExactly(
                        "items[1].when",
                        "item_by_number[-3].when",
                        "duration_by_id[18446744073709551615]",
                        "timestamp",
                        "duration",
                        "value",
                        "mask",
                        "any",
                        "timestamps[1]",
                        "values[\"a\\\"\\n\"]");
        assertThat(row)
                .containsEntry("value", "\"Infinity\"")
                .containsEntry("any", "{\"@type\":\"type.googleapis.com/golden.Item\",\"count\":7}");
        assertThat(rest(row).get("timestamp")).isEqualTo(HexFormat.of().parseHex("08011001"));
    }

    @Test
    void keepsUnknownFieldsWhereverTheyAre() {
        byte[] unknown = wire(out -> out.writeInt32(777, 5));
        byte[] item = wire(out -> {
            out.writeInt32(1, 3);
            out.writeRawBytes(unknown);
        });
        byte[] keyed = wire(out -> {
            out.writeString(1, "k");
            out.writeInt32(2, 1);
            out.writeRawBytes(unknown);
        });
        byte[] message = wire(out -> {
            out.writeRawBytes(unknown);
            out.writeByteArray(19, item);
            out.writeByteArray(19, unknown);
            out.writeByteArray(20, unknown);
            out.writeByteArray(25, item);
            out.writeByteArray(28, keyed);
            out.writeByteArray(38, item);
            out.writeByteArray(45, wire(value -> {
                value.writeBool(4, true);
                value.writeRawBytes(unknown);
            }));
        });

        Map<String, @Nullable Object> row = row(EVERYTHING, message);

        assertThat(row.get("_unknown")).isEqualTo(unknown);
        assertThat(row).containsEntry("empty", true).containsEntry("int32_value", 3);
        Map<String, byte[]> rest = rest(row);
        assertThat(rest.keySet())
                .containsExactlyInAnyOrder("item", "empty", "items[0]", "counts{\"k\"}", "int32_value", "value");
        assertThat(rest.get("item"))
                .isEqualTo(ByteString.copyFrom(unknown)
                        .concat(ByteString.copyFrom(unknown))
                        .toByteArray());
        assertThat(rest.get("counts{\"k\"}")).isEqualTo(unknown);
        assertThat(rest.get("int32_value")).isEqualTo(item);
    }

    @Test
    void givesExtensionsBackAsWhatTheyAre() {
        Descriptor legacy = GoldenTypes.legacy();
        byte[] message = GoldenTypes.text(
                legacy, "id: 'x' [golden.nickname]: 'n' Detail { parent { id: 'p' [golden.further]: SMALL } }");

        try (ProtobufArchive archive = new ProtobufArchive(legacy)) {
            DynamicMessage back = archive.with(message).messages().get(0);

            assertThat(back.getUnknownFields().asMap()).isEmpty();
            assertThat(back.toString())
                    .isEqualTo(parse(legacy, message).toString())
                    .contains("[golden.nickname]: \"n\"")
                    .contains("[golden.further]: SMALL");
        }
    }

    @Test
    void leavesAbsentFieldsAbsentWhateverTheirDefaultIs() {
        Map<String, @Nullable Object> row = row(GoldenTypes.legacy(), new byte[0]);

        assertThat(row)
                .containsEntry("id", null)
                .containsEntry("level", null)
                .containsEntry("size", null)
                .containsEntry("sizes", List.of());
    }

    /** The rest of a row, by path. */
    private static Map<String, byte[]> rest(Map<String, @Nullable Object> row) {
        Map<String, byte[]> rest = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(row.get("_rest")))
                .forEach((path, bytes) -> rest.put((String) path, (byte[]) bytes));
        return rest;
    }
}
