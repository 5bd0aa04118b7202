package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.RegistryDecoderSettings.Policy;
import dev.alluvium.decode.Rejection.Reason;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.registry.Schemas;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.SchemaSource;
import dev.alluvium.schema.SchemaSourceException;
import dev.alluvium.schema.SchemaVersion;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryDecoderTest {
    private static final SchemaVersion V1 = Schemas.shop(
            1, "message Order { string id = 1; int32 n = 2; message Line { int32 a = 1; } } message Other {}");
    private static final SchemaVersion V2 = Schemas.shop(
            2, "message Order { string id = 1; int64 n = 2; string note = 3; message Line { int32 a = 1; } }");

    private final RootAllocator allocator = new RootAllocator();
    private final Registry registry = new Registry();

    /** A source of these schemas and nothing else. */
    private static final class Registry implements SchemaSource {
        final Map<Integer, Answer> answers = new HashMap<>();
        boolean isDown;
        int calls;

        Registry with(SchemaVersion... schemas) {
            for (SchemaVersion schema : schemas) {
                answers.put(schema.id(), new Answer.Found(schema));
            }
            return this;
        }

        @Override
        public Map<Integer, Answer> find(Set<Integer> ids) {
            if (isDown) {
                throw new SchemaSourceException("down");
            }
            calls++;
            Map<Integer, Answer> found = new HashMap<>();
            ids.forEach(id -> found.put(id, answers.getOrDefault(id, new Answer.Missing())));
            return found;
        }
    }

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private RegistryDecoder decoder(Policy policy) {
        return decoder(Optional.empty(), policy);
    }

    private RegistryDecoder decoder(Optional<String> message, Policy policy) {
        return new RegistryDecoder(settings(message, policy), registry, 3);
    }

    private static SourceRecord record(byte... value) {
        return new SourceRecord(17, 1_000, null, value);
    }

    /** A record of the message at a path, given in text format. */
    private static SourceRecord record(SchemaVersion schema, String text, int... path) {
        Descriptor type = schema.file().getMessageTypes().get(path[0]);
        for (int level = 1; level < path.length; level++) {
            type = type.getNestedTypes().get(path[level]);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.write(schema.id() >>> shift);
        }
        if (path.length == 1 && path[0] == 0) {
            bytes.write(0);
        } else {
            bytes.write(2 * path.length);
            for (int index : path) {
                bytes.write(2 * index);
            }
        }
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        try {
            TextFormat.merge(text, message);
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(text, e);
        }
        bytes.writeBytes(message.build().toByteArray());
        return record(bytes.toByteArray());
    }

    private static @Nullable Reason reason(@Nullable Rejection rejection) {
        return rejection == null ? null : rejection.reason();
    }

    private Map<?, ?> row(RegistryDecoder decoder, SourceRecord record) {
        assertThat(decoder.read(record)).isNull();
        try (RecordBatch batch = new RecordBatch(allocator, decoder.group().schema())) {
            decoder.newColumns(batch).forEach(batch::addColumn);
            decoder.append(batch);
            return ArrowRows.row(batch.root(), batch.schema().columns(), 0);
        }
    }

    private static List<String> columns(RegistryDecoder decoder) {
        return decoder.group().schema().columns().stream()
                .map(column -> column.name() + " " + column.type())
                .toList();
    }

    @Test
    void readsAMessageBehindItsHeader() {
        registry.with(V1);

        assertThat(row(decoder(Policy.STOP), record(V1, "id: 'a' n: 5", 0)).toString())
                .isEqualTo("{id=a, n=5, _partition=3, _offset=17, _timestamp=1000000, _schema_id=1}");
    }

    @Test
    void saysWhenTheSliceOfTimeEndsThatARecordIsIn() {
        registry.with(V1);
        RegistryDecoder decoder = new RegistryDecoder(
                new RegistryDecoderSettings(
                        Optional.empty(), Partitioning.DAY, true, ProtobufMapping.DEFAULT, Policy.STOP, Policy.STOP),
                registry,
                3);

        assertThat(decoder.read(record(V1, "", 0))).isNull();

        assertThat(decoder.sliceTimeMs()).isEqualTo(1_000);
        assertThat(decoder.sliceEndMs()).isEqualTo(86_400_000);
    }

    @Test
    void findsTheMessageByItsPlaceInTheSchema() {
        registry.with(V1);
        RegistryDecoder decoder = decoder(Policy.STOP);

        row(decoder, record(V1, "a: 7", 0, 0));
        assertThat(decoder.group().id()).isEqualTo("shop.Order.Line");
        assertThat(decoder.group().attributes()).containsEntry("message", "Line");
        row(decoder, record(V1, "", 1));
        assertThat(decoder.group().id()).isEqualTo("shop.Other");
        assertThat(row(decoder, record((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 2, (byte) 0)))
                .as("the path [0] in full")
                .isNotEmpty();
        assertThat(decoder.group().id()).isEqualTo("shop.Order");
    }

    @ParameterizedTest
    @CsvSource({
        "'',NO_SCHEMA_ID",
        "00,NO_SCHEMA_ID",
        "0000000001,NO_SCHEMA_ID",
        "010000000100,NO_SCHEMA_ID",
        "0a03616263,NO_SCHEMA_ID",
        "00000000010204,UNKNOWN_MESSAGE",
        "00000000010201,UNKNOWN_MESSAGE",
        "0000000001020000,",
        "000000000101,UNKNOWN_MESSAGE",
        "000000000102,UNKNOWN_MESSAGE",
        "0000000001040002,UNKNOWN_MESSAGE",
        "000000000106000000,UNKNOWN_MESSAGE",
        "0000000001ffffffffffffffffffffffff,UNKNOWN_MESSAGE",
        "000000000100ff,UNDECODABLE",
    })
    void rejectsWhatIsNoRecordOfARegistry(String hex, @Nullable Reason expected) {
        registry.with(V1);
        byte[] value = HexFormat.of().parseHex(hex == null ? "" : hex);
        Reason actual = reason(decoder(Policy.STOP).read(record(value)));

        // A zero byte more is a field of number 0, which no message has.
        assertThat(actual).isEqualTo(expected == null ? Reason.UNDECODABLE : expected);
    }

    @Test
    void rejectsARecordWithoutAValue() {
        assertThat(reason(decoder(Policy.STOP).read(new SourceRecord(1, 1, null, null))))
                .isEqualTo(Reason.NULL_VALUE);
    }

    @Test
    void rejectsOtherMessagesThanTheOneThatIsAskedFor() {
        registry.with(V1);
        RegistryDecoder decoder = decoder(Optional.of("shop.Order"), Policy.STOP);

        assertThat(decoder.read(record(V1, "", 0))).isNull();
        assertThat(decoder.read(record(V1, "", 1)))
                .isEqualTo(new Rejection(
                        Reason.UNKNOWN_MESSAGE, "the value is a shop.Other; only shop.Order is archived"));
    }

    @Test
    void givesAGroupAnotherSchemaOnceForEveryNewVersion() {
        registry.with(V1, V2);
        RegistryDecoder decoder = decoder(Policy.STOP);
        row(decoder, record(V1, "id: 'a' n: 5", 0));
        Group before = decoder.group();
        assertThat(columns(decoder)).startsWith("id UTF8", "n INT32", "_partition INT32");

        row(decoder, record(V2, "n: 5000000000", 0));
        Group after = decoder.group();
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(columns(decoder)).startsWith("id UTF8", "n INT64", "note UTF8", "_partition INT32");
        assertThat(after.descriptorSet()).isNotEmpty().isNotEqualTo(before.descriptorSet());

        for (int i = 0; i < 3; i++) {
            assertThat(row(decoder, record(V1, "n: -5", 0)).toString()).contains("n=-5", "_schema_id=1");
            assertThat(decoder.group()).isSameAs(after);
            assertThat(row(decoder, record(V2, "note: 'x'", 0)).toString()).contains("note=x", "_schema_id=2");
            assertThat(decoder.group()).isSameAs(after);
        }
    }

    @Test
    void leavesTheGroupsOfMessagesAloneThatStayWhatTheyAre() {
        registry.with(V1, V2);
        RegistryDecoder decoder = decoder(Policy.STOP);
        row(decoder, record(V1, "a: 7", 0, 0));
        row(decoder, record(V1, "", 1));
        Group other = decoder.group();
        row(decoder, record(V2, "", 0));

        row(decoder, record(V1, "", 1));

        assertThat(decoder.group()).isSameAs(other);
    }

    @Test
    void cutsWhereOnlyAnEnumHasChanged() {
        SchemaVersion one = Schemas.shop(1, "message A { E e = 1; } enum E { ZERO = 0; }");
        SchemaVersion two = Schemas.shop(2, "message A { E e = 1; } enum E { ZERO = 0; ONE = 1; }");
        registry.with(one, two);
        RegistryDecoder decoder = decoder(Policy.STOP);
        row(decoder, record(one, "", 0));
        Group before = decoder.group();
        assertThat(row(decoder, record(two, "e: ONE", 0)).toString()).contains("e=ONE");

        assertThat(decoder.group()).isNotEqualTo(before);
        assertThat(decoder.group().schema()).isEqualTo(before.schema());
    }

    @Test
    void stopsAtAnUnknownSchemaUnlessItIsToldToReject() {
        assertThatThrownBy(() -> decoder(Policy.STOP).read(record(V1, "", 0)))
                .isInstanceOf(SchemaDecisionException.class)
                .hasMessage(
                        "data.registry.onUnknownSchema: schema 1, of the record at offset 17 of partition 3, is not in"
                                + " the registry: register it again under its id, or write reject to send its records to the"
                                + " dead-letter topic");

        RegistryDecoder rejecting = decoder(Policy.REJECT);
        assertThat(rejecting.read(record(V1, "", 0)))
                .isEqualTo(new Rejection(Reason.UNKNOWN_SCHEMA, "schema 1 is not in the registry"));
        registry.with(V1);
        assertThat(reason(rejecting.read(record(V1, "", 0))))
                .as("the same fate for all records of a schema")
                .isEqualTo(Reason.UNKNOWN_SCHEMA);
    }

    @Test
    void stopsAtAnIncompatibleSchemaUnlessItIsToldToReject() {
        SchemaVersion other = Schemas.shop(9, "message Order { string id = 1; string n = 2; }");
        registry.with(V1, other);
        registry.answers.put(10, new SchemaSource.Answer.Unusable("is a schema of type AVRO"));
        String why = "schema 9 cannot be read together with those before: field 2 of message shop.Order is int32 n in"
                + " schema 1 and string n in schema 9";

        RegistryDecoder stopping = decoder(Policy.STOP);
        stopping.read(record(V1, "", 0));
        assertThatThrownBy(() -> stopping.read(record(other, "", 0)))
                .isInstanceOf(SchemaDecisionException.class)
                .hasMessageStartingWith("data.registry.onIncompatible: schema 9, of the record at offset 17")
                .hasMessageContaining("int32 n in schema 1 and string n in schema 9");

        RegistryDecoder rejecting = decoder(Policy.REJECT);
        row(rejecting, record(V1, "n: 1", 0));
        assertThat(rejecting.read(record(other, "", 0))).isEqualTo(new Rejection(Reason.INCOMPATIBLE_SCHEMA, why));
        assertThat(rejecting.read(record((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 10, (byte) 0)))
                .isEqualTo(new Rejection(Reason.INCOMPATIBLE_SCHEMA, "schema 10 is a schema of type AVRO"));
        row(rejecting, record(V1, "n: 1", 0));
    }

    @Test
    void knowsAgainWhatAnEarlierDecoderKnew() {
        SchemaVersion other = Schemas.shop(9, "message Order { string id = 1; string n = 2; }");
        registry.with(V1, V2, other);
        RegistryDecoder first = decoder(Policy.REJECT);
        assertThat(first.schemaState()).isEmpty();
        row(first, record(V2, "", 0));
        assertThat(first.schemaState()).isEqualTo("2,,");
        assertThat(first.schemaState()).isSameAs(first.schemaState());
        first.read(record(other, "", 0));
        row(first, record(V1, "", 0));
        first.read(record((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 5, (byte) 0));
        assertThat(first.schemaState()).isEqualTo("1 2,5,9");
        registry.with(Schemas.shop(5, "message Order { string id = 1; }"));

        RegistryDecoder second = decoder(Policy.REJECT);
        registry.calls = 0;
        second.restoreSchemaState(first.schemaState());

        assertThat(registry.calls).as("whatever it knew is asked for at once").isEqualTo(1);
        assertThat(second.schemaState()).isEqualTo("1 2,5,9");
        assertThat(reason(second.read(record((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 5, (byte) 0))))
                .isEqualTo(Reason.UNKNOWN_SCHEMA);
        assertThat(reason(second.read(record(other, "", 0)))).isEqualTo(Reason.INCOMPATIBLE_SCHEMA);
        row(second, record(V1, "", 0));
        row(first, record(V1, "", 0));
        assertThat(second.group()).isEqualTo(first.group());

        second.restoreSchemaState("1,,");
        row(second, record(V1, "", 0));
        assertThat(columns(second)).startsWith("id UTF8", "n INT32", "_partition INT32");
    }

    @Test
    void doesNotGoOnWithoutASchemaThatItHasRead() {
        registry.with(V1);
        RegistryDecoder decoder = decoder(Policy.REJECT);

        assertThatThrownBy(() -> decoder.restoreSchemaState("1 2,,"))
                .isInstanceOf(SchemaDecisionException.class)
                .hasMessage(
                        "schema 2, which records were read with before, is gone from the registry: register it again"
                                + " under its id");

        registry.answers.put(2, new SchemaSource.Answer.Unusable("imports a.proto, which is gone"));
        assertThatThrownBy(() -> decoder.restoreSchemaState("1 2,,"))
                .isInstanceOf(SchemaDecisionException.class)
                .hasMessage("schema 2, which records were read with before, can no longer be read: it imports a.proto,"
                        + " which is gone; correct that in the registry");
    }

    @Test
    void passesOnThatTheRegistryCannotBeAskedAndReadsTheRecordLater() {
        registry.with(V1, V2);
        RegistryDecoder decoder = decoder(Policy.REJECT);
        row(decoder, record(V1, "", 0));
        registry.isDown = true;

        row(decoder, record(V1, "", 0));
        assertThatThrownBy(() -> decoder.read(record(V2, "", 0))).isInstanceOf(SchemaSourceException.class);
        assertThat(decoder.schemaState()).isEqualTo("1,,");

        registry.isDown = false;
        row(decoder, record(V2, "", 0));
    }

    @Test
    void stopsWhenEverySchemaIsUnknown() {
        RegistryDecoder decoder = decoder(Policy.REJECT);
        for (int id = 1; id <= 100; id++) {
            assertThat(reason(decoder.read(record((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) id, (byte) 0))))
                    .isEqualTo(Reason.UNKNOWN_SCHEMA);
        }

        assertThatThrownBy(() -> decoder.read(record((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 101, (byte) 0)))
                .isInstanceOf(SchemaDecisionException.class)
                .hasMessage("data.registry.url: the records of more than 100 schemas are rejected; the last one,"
                        + " of the record at offset 17 of partition 3, schema 101 is not in the registry: see whether this"
                        + " is the registry that the topic was written with; if it is, register its schemas again under"
                        + " their ids, or read the topic from a later offset under another pipeline name");
    }

    @Test
    void aMessageThatCannotHaveColumnsIsRejectedRecordByRecord() {
        SchemaVersion schema = Schemas.shop(1, "message A { int32 _schema_id = 1; } message B { int32 b = 1; }");
        registry.with(schema);
        String why = "the messages shop.A of schemas [1] have no columns: shop.A has a field named _schema_id";

        for (Policy policy : Policy.values()) {
            RegistryDecoder decoder = decoder(policy);
            for (int i = 0; i < 2; i++) {
                Rejection rejection = decoder.read(record(schema, "", 0));
                assertThat(reason(rejection)).isEqualTo(Reason.NO_COLUMNS);
                assertThat(Objects.requireNonNull(rejection).detail()).startsWith(why);
                row(decoder, record(schema, "b: 1", 1));
            }
        }
    }

    @Test
    void aVersionThatTakesTheColumnsFromAMessageIsIncompatible() {
        SchemaVersion taking = Schemas.shop(2, "message Order { string id = 1; int32 _schema_id = 9; }");
        registry.with(V1, taking);

        RegistryDecoder stopping = decoder(Policy.STOP);
        row(stopping, record(V1, "", 0));
        assertThatThrownBy(() -> stopping.read(record(taking, "", 0)))
                .isInstanceOf(SchemaDecisionException.class)
                .hasMessageStartingWith("data.registry.onIncompatible: schema 2, of the record at offset 17")
                .hasMessageContaining("shop.Order has a field named _schema_id");

        RegistryDecoder rejecting = decoder(Policy.REJECT);
        rejecting.restoreSchemaState("1,,"); // that no record was read since makes no difference
        assertThat(reason(rejecting.read(record(taking, "", 0)))).isEqualTo(Reason.INCOMPATIBLE_SCHEMA);
        row(rejecting, record(V1, "id: 'a'", 0));
        assertThat(columns(rejecting)).startsWith("id UTF8", "n INT32", "_partition INT32");
        assertThat(rejecting.schemaState()).isEqualTo("1,,2");
    }

    @Test
    void whatBecomesOfOtherMessagesMakesNoDifferenceWhereOneIsArchived() {
        SchemaVersion one = Schemas.shop(
                1, "message Order { Line line = 1; } message Line { int32 a = 1; } message B { int32 b = 1; }");
        SchemaVersion two = Schemas.shop(
                2, "message Order { Line line = 1; } message Line { int64 a = 1; } message B { string b = 1; }");
        SchemaVersion three = Schemas.shop(3, "message Order { Line line = 1; } message Line { string a = 1; }");
        registry.with(one, two, three);

        RegistryDecoder decoder = decoder(Optional.of("shop.Order"), Policy.REJECT);
        row(decoder, record(one, "line { a: 1 }", 0));
        assertThat(row(decoder, record(two, "line { a: 5000000000 }", 0)).toString())
                .contains("5000000000");
        assertThat(reason(decoder.read(record(three, "", 0))))
                .as("what the message refers to counts")
                .isEqualTo(Reason.INCOMPATIBLE_SCHEMA);
        assertThat(decoder.schemaState()).isEqualTo("1 2,,3");

        RegistryDecoder again = decoder(Optional.of("shop.Order"), Policy.STOP);
        again.restoreSchemaState(decoder.schemaState());
        row(decoder, record(one, "", 0));
        row(again, record(one, "", 0));
        assertThat(again.group()).isEqualTo(decoder.group());

        RegistryDecoder all = decoder(Policy.REJECT);
        row(all, record(one, "", 0));
        assertThat(reason(all.read(record(two, "", 0)))).isEqualTo(Reason.INCOMPATIBLE_SCHEMA);
    }

    @Test
    void readsTypesThatNobodyRegisters() {
        SchemaVersion schema = Schemas.of(1, """
                syntax = "proto3"; package shop;
                import "google/type/money.proto"; import "google/type/datetime.proto";
                import "confluent/meta.proto"; import "confluent/type/decimal.proto";
                message Order {
                  option (confluent.message_meta).doc = "An order";
                  google.type.Money price = 1 [(confluent.field_meta) = { tags: [ "PII" ] }];
                  confluent.type.Decimal total = 2;
                  google.type.DateTime at = 3;
                  confluent.Meta meta = 4;
                }
                """);
        registry.with(schema);
        RegistryDecoder decoder = decoder(Policy.STOP);
        String text = "price { currency_code: \"EUR\" units: 5 } at { year: 2026 }"
                + " meta { params { key: \"a\" value: \"b\" } }";

        Map<?, ?> row = row(decoder, record(schema, text, 0));

        assertThat(text(decoder, row)).isEqualTo(text);
    }

    /** As Confluent's serializer for Java writes 12.34. */
    @Test
    void readsDecimalsAsConfluentWritesThem() {
        SchemaVersion schema = Schemas.of(1, """
                syntax = "proto3"; package shop; import "confluent/type/decimal.proto";
                message Order { confluent.type.Decimal total = 1; }
                """);
        registry.with(schema);
        byte[] record = HexFormat.ofDelimiter(" ").parseHex("00 00 00 00 01 00 0A 08 0A 02 04 D2 10 04 18 02");

        assertThat(row(decoder(Policy.STOP), record(record)).get("total"))
                .isEqualTo(Map.of(
                        "value", ByteString.copyFrom(new byte[] {0x04, (byte) 0xD2}), "precision", 4, "scale", 2));
    }

    @Test
    void mergesWhatIsBuiltInWithOtherVersionsOfItThatAreRegistered() {
        String text = "syntax = \"proto3\"; package shop; import \"google/type/money.proto\";"
                + " message Order { google.type.Money price = 1; }";
        SchemaVersion first = Schemas.of(1, text);
        SchemaVersion second = Schemas.of(
                2,
                text,
                "google/type/money.proto",
                "syntax = \"proto3\"; package google.type; message Money { int64 units = 2; string note = 9; }");
        registry.with(first, second);
        RegistryDecoder decoder = decoder(Policy.STOP);
        String price = "price { currency_code: \"EUR\" units: 5 }";
        String noted = "price { units: 6 note: \"n\" }";

        assertThat(text(decoder, row(decoder, record(first, price, 0)))).isEqualTo(price);
        assertThat(text(decoder, row(decoder, record(second, noted, 0)))).isEqualTo(noted);
        assertThat(text(decoder, row(decoder, record(first, price, 0)))).isEqualTo(price);
    }

    @Test
    void refusesASchemaWithAFieldNamedAsAColumnOfTheMetadata() {
        List<Column> key = List.of(Column.optional("_key", ColumnType.Scalar.BINARY));
        SchemaVersion first = Schemas.shop(1, "message A { int32 n = 1; }");
        SchemaVersion second = Schemas.shop(2, "message A { int32 n = 1; message B { string _key = 1; } }");
        registry.with(first, second);
        RegistryDecoder rejecting = new RegistryDecoder(settings(Policy.REJECT), key, registry, 3);

        assertThat(rejecting.read(record(first, "n: 1", 0))).isNull();
        assertThat(rejecting.read(record(second, "_key: 'a'", 0, 0)))
                .isEqualTo(new Rejection(
                        Reason.INCOMPATIBLE_SCHEMA,
                        "schema 2 has a message shop.A.B with a field named _key, as a column of data.metadata is; leave"
                                + " that out"));
        assertThat(rejecting.read(record(first, "n: 1", 0))).isNull();
        assertThat(rejecting.schemaState()).isEqualTo("1,,2");
        assertThatThrownBy(() ->
                        new RegistryDecoder(settings(Policy.STOP), key, registry, 3).read(record(second, "n: 1", 0)))
                .isInstanceOf(SchemaDecisionException.class)
                .hasMessageContaining("data.registry.onIncompatible: schema 2")
                .hasMessageContaining("shop.A.B with a field named _key");
        RegistryDecoder only = new RegistryDecoder(settings(Optional.of("shop.A"), Policy.STOP), key, registry, 3);
        assertThat(only.read(record(second, "n: 1", 0)))
                .as("the field is of a message that is not archived")
                .isNull();
    }

    private static RegistryDecoderSettings settings(Policy policy) {
        return settings(Optional.empty(), policy);
    }

    private static RegistryDecoderSettings settings(Optional<String> message, Policy policy) {
        return new RegistryDecoderSettings(message, Partitioning.NONE, true, ProtobufMapping.DEFAULT, policy, policy);
    }

    @Test
    void everyFooterReadsItsRows() {
        registry.with(V1, V2);
        RegistryDecoder decoder = decoder(Policy.STOP);
        row(decoder, record(V1, "", 0));
        Map<?, ?> row = row(decoder, record(V2, "id: 'a' n: 6000000000 note: 'b'", 0));

        assertThat(text(decoder, row)).isEqualTo("id: \"a\" n: 6000000000 note: \"b\"");
    }

    /** The message that a reader of the file makes of a row. */
    private static String text(RegistryDecoder decoder, Map<?, ?> row) {
        Map<String, @Nullable Object> named = new HashMap<>();
        for (Column column : decoder.group().schema().columns()) {
            named.put(column.name(), row.get(column.name()));
        }
        DynamicMessage back = ProtobufRows.of("shop.Order", decoder.group().descriptorSet(), Map.of())
                .message(named);
        return TextFormat.printer().emittingSingleLine(true).printToString(back).strip();
    }
}
