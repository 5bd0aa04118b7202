package dev.alluvium.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.alluvium.schema.IncompatibleSchemaException;
import dev.alluvium.schema.MergedSchema;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.SchemaVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergedSchemaTest {
    private static Descriptor merge(String message, SchemaVersion... versions) throws IncompatibleSchemaException {
        Descriptor merged = MergedSchema.of(List.of(versions)).message(message).orElseThrow();
        List<SchemaVersion> otherOrder = new ArrayList<>(List.of(versions));
        Collections.reverse(otherOrder);
        MergedSchema again = MergedSchema.EMPTY;
        for (SchemaVersion version : otherOrder) {
            again = again.with(version);
        }
        assertThat(MessageTypes.descriptorSet(again.message(message).orElseThrow()))
                .as("the order of arrival makes no difference")
                .isEqualTo(MessageTypes.descriptorSet(merged));
        // A footer holds it, and a reader finds the message there.
        assertThat(MessageTypes.find(MessageTypes.descriptorSet(merged), message)
                        .toProto())
                .isEqualTo(merged.toProto());
        return merged;
    }

    private static List<String> fields(Descriptor message) {
        return message.getFields().stream()
                .map(field -> field.getNumber() + " " + field.getName() + " " + field.getType())
                .toList();
    }

    @Test
    void unitesFieldsByNumberAtAllDepths() throws IncompatibleSchemaException {
        Descriptor merged = merge(
                "shop.Order",
                Schemas.shop(1, "message Order { string id = 1; Line line = 3; message Line { int32 a = 1; } }"),
                Schemas.shop(
                        2,
                        "message Order { string id = 1; string note = 2; Line line = 3; "
                                + "message Line { int32 a = 1; repeated bytes b = 2; } }"));

        assertThat(fields(merged)).containsExactly("1 id STRING", "3 line MESSAGE", "2 note STRING");
        assertThat(fields(merged.findFieldByName("line").getMessageType())).containsExactly("1 a INT32", "2 b BYTES");
        assertThat(merged.getFile().getName()).isEqualTo("registry/shop.proto");
    }

    @ParameterizedTest
    @CsvSource({
        "int32,int64,INT64",
        "uint32,uint64,UINT64",
        "uint32,int64,INT64",
        "sint32,sint64,SINT64",
        "string,bytes,BYTES",
        "int32,uint32,INT64",
        "repeated int32,repeated int64,INT64"
    })
    void widensWhateverComesFirst(String one, String other, FieldDescriptor.Type wide)
            throws IncompatibleSchemaException {
        for (List<String> types : List.of(List.of(one, other), List.of(other, one))) {
            Descriptor merged = merge(
                    "shop.A",
                    Schemas.shop(1, "message A { " + types.get(0) + " x = 1; }"),
                    Schemas.shop(2, "message A { " + types.get(1) + " x = 1; }"));

            assertThat(merged.findFieldByNumber(1).getType()).isEqualTo(wide);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int32 x|string x",
                "int32 x|sint32 x",
                "int32 x|fixed32 x",
                "int32 x|uint64 x",
                "int64 x|uint64 x",
                "int32 x|bool x",
                "int32 x|shop.E x",
                "float x|double x",
                "bytes x|shop.B x",
                "int32 x|repeated int32 x",
                "shop.B x|shop.C x",
                "shop.E x|shop.F x",
                "map<string, int32> x|map<int32, int32> x",
                "map<string, int32> x|map<string, string> x",
                "map<string, int32> x|repeated shop.B x"
            })
    void refusesEverythingElseNamingBothDefinitions(String one, String other) {
        String types = " message B { int32 b = 1; } message C { int32 b = 1; } enum E { E0 = 0; } enum F { F0 = 0; }";

        for (List<String> fields : List.of(List.of(one, other), List.of(other, one))) {
            assertThatThrownBy(() -> MergedSchema.of(List.of(
                            Schemas.shop(3, "message A { " + fields.get(0) + " = 1; }" + types),
                            Schemas.shop(9, "message A { " + fields.get(1) + " = 1; }" + types))))
                    .isInstanceOf(IncompatibleSchemaException.class)
                    .hasMessageContaining("message shop.A")
                    .hasMessageContaining("in schema 3")
                    .hasMessageContaining("in schema 9");
        }
    }

    @Test
    void saysExactlyWhatDoesNotFit() {
        assertThatThrownBy(() -> MergedSchema.of(List.of(
                        Schemas.shop(3, "message A { repeated int32 total = 4; }"),
                        Schemas.shop(9, "message A { map<string, A> sums = 4; }"))))
                .hasMessage("field 4 of message shop.A is repeated int32 total in schema 3"
                        + " and map<string, shop.A> sums in schema 9");
    }

    @Test
    void namesWhatIsRenamedAsTheNewerSchemaDoes() throws IncompatibleSchemaException {
        Descriptor merged = merge(
                "shop.A",
                Schemas.shop(1, "message A { int32 a = 1; int32 b = 2; map<string, int32> m = 3; }"),
                Schemas.shop(2, "message A { int32 b = 1; int32 a = 2; map<string, int64> n = 3; }"));

        assertThat(fields(merged)).containsExactly("1 b INT32", "2 a INT32", "3 n MESSAGE");
        assertThat(merged.findFieldByName("n").isMapField()).isTrue();
        assertThat(merged.findNestedTypeByName("NEntry").findFieldByNumber(2).getType())
                .isEqualTo(FieldDescriptor.Type.INT64);
    }

    @Test
    void numbersTheOlderOfTwoFieldsWithOneName() throws IncompatibleSchemaException {
        Descriptor merged = merge(
                "shop.A",
                Schemas.shop(1, "message A { int32 a = 1; }"),
                Schemas.shop(2, "message A { string a = 2; }"));

        assertThat(fields(merged)).containsExactly("1 a_1 INT32", "2 a STRING");
    }

    @Test
    void unitesEnumsByNumber() throws IncompatibleSchemaException {
        Descriptor merged = merge(
                "shop.A",
                Schemas.shop(1, "message A { E e = 1; } enum E { NONE = 0; OLD = 1; GONE = 5; }"),
                Schemas.shop(2, "message A { E e = 1; } enum E { NONE = 0; NEW = 1; OLD = 2; }"));

        assertThat(merged.findFieldByName("e").getEnumType().getValues().stream()
                        .map(value -> value.getNumber() + " " + value.getName()))
                .containsExactly("0 NONE", "1 NEW", "5 GONE", "2 OLD");
    }

    @Test
    void takesNewArmsIntoAOneofAndLetsGoOfMovedOnes() throws IncompatibleSchemaException {
        Descriptor merged = merge(
                "shop.A",
                Schemas.shop(1, "message A { oneof kind { int32 a = 1; int32 b = 2; } int32 c = 3; int32 d = 5; }"),
                Schemas.shop(2, "message A { oneof kind { int32 a = 1; int32 e = 4; int32 c = 3; } int32 b = 2; }"));

        assertThat(fields(merged)).containsExactly("1 a INT32", "4 e INT32", "2 b INT32", "3 c INT32", "5 d INT32");
        assertThat(merged.getRealOneofs()).hasSize(1);
        assertThat(merged.getRealOneofs().get(0).getFields().stream().map(FieldDescriptor::getName))
                .containsExactly("a", "e");
        assertThat(merged.findFieldByName("b").hasPresence()).isTrue();
        assertThat(merged.findFieldByName("c").hasPresence()).isTrue();
        assertThat(merged.findFieldByName("d").hasPresence()).isFalse();
    }

    @Test
    void keepsPresenceThatAnyVersionHas() throws IncompatibleSchemaException {
        Descriptor merged = merge(
                "shop.A",
                Schemas.shop(1, "message A { optional int32 a = 1; int32 b = 2; }"),
                Schemas.shop(2, "message A { int32 a = 1; optional int32 b = 2; }"));

        assertThat(merged.findFieldByName("a").hasPresence()).isTrue();
        assertThat(merged.findFieldByName("b").hasPresence()).isTrue();
    }

    @Test
    void unitesImportsAndFollowsATypeThatMovesIntoOne() throws IncompatibleSchemaException {
        String header = "syntax = \"proto3\"; package shop; ";
        Descriptor merged = merge(
                "shop.Order",
                Schemas.of(1, header + "message Order { Address to = 1; } message Address { string street = 1; }"),
                Schemas.of(
                        2,
                        header + "import \"address.proto\"; message Order { Address to = 1; }",
                        "address.proto",
                        header + "message Address { string street = 1; string city = 2; }"),
                Schemas.of(
                        3,
                        header + "import \"address.proto\"; message Order { Address to = 1; geo.Point at = 2; }",
                        "address.proto",
                        header
                                + "import public \"geo.proto\"; message Address { string street = 1; geo.Point at = 3; }",
                        "geo.proto",
                        "syntax = \"proto3\"; package geo; message Point { double x = 1; }"));

        Descriptor address = merged.findFieldByName("to").getMessageType();
        assertThat(fields(address)).containsExactly("1 street STRING", "2 city STRING", "3 at MESSAGE");
        assertThat(address.getFile().getName()).isEqualTo("address.proto");
        assertThat(merged.findFieldByName("at").getMessageType().getFullName()).isEqualTo("geo.Point");
    }

    @Test
    void makesOneOfFilesThatComeToImportEachOther() throws IncompatibleSchemaException {
        String header = "syntax = \"proto3\"; package shop; ";
        Descriptor merged = merge(
                "shop.Order",
                Schemas.of(
                        1,
                        header + "import \"address.proto\"; message Order { Address to = 1; Old old = 2; }"
                                + " message Old { Address to = 1; }",
                        "address.proto",
                        header + "message Address { string street = 1; }"),
                Schemas.of(
                        2,
                        header + "import \"address.proto\"; message Order { Address to = 1; }",
                        "address.proto",
                        header + "message Address { Old old = 9; string street = 1; } message Old { int32 x = 2; }"));

        assertThat(fields(merged)).containsExactly("1 to MESSAGE", "2 old MESSAGE");
    }

    @Test
    void readsOtherSyntaxesTogether() throws IncompatibleSchemaException {
        Descriptor merged = merge(
                "shop.A",
                Schemas.of(
                        1,
                        "syntax = \"proto2\"; package shop; message A { required int32 a = 1;"
                                + " repeated group G = 2 { optional int32 x = 1; } optional E e = 3; }"
                                + " enum E { ONE = 1; }"),
                Schemas.of(
                        2,
                        "edition = \"2023\"; package shop; message A { int32 a = 1; int64 b = 4"
                                + " [features.field_presence = IMPLICIT]; }"));

        assertThat(fields(merged)).containsExactly("1 a INT32", "2 g GROUP", "3 e ENUM", "4 b INT64");
        assertThat(merged.findFieldByName("a").isRequired()).isFalse();
        assertThat(merged.findFieldByName("b").hasPresence()).isFalse();
        assertThat(merged.findFieldByName("e").getEnumType().isClosed()).isTrue();
    }

    @Test
    void keepsDifferentMessagesOfOneTopicApart() throws IncompatibleSchemaException {
        MergedSchema merged = MergedSchema.of(List.of(
                Schemas.shop(1, "message Order { int32 a = 1; }"),
                Schemas.shop(2, "message Customer { string a = 1; }")));

        assertThat(merged.message("shop.Order")).isPresent();
        assertThat(merged.message("shop.Customer")).isPresent();
        assertThat(merged.ids()).containsExactly(1, 2);
    }

    @Test
    void takesUpNothingButAMessageAndWhatItNeeds() throws IncompatibleSchemaException {
        String header = "syntax = \"proto3\"; package shop; ";
        SchemaVersion one = Schemas.of(
                1,
                header
                        + "import \"a.proto\"; import \"b.proto\"; message Order { map<string, Line> lines = 1; Kind.E e = 2; }"
                        + " message Line { A a = 1; } message Kind { enum E { NONE = 0; } B b = 1; } message Other { B b = 1; }",
                "a.proto",
                header + "message A { int32 x = 1; } message Unused { int32 x = 1; }",
                "b.proto",
                header + "message B { int32 x = 1; }");
        SchemaVersion two = Schemas.of(
                2,
                header + "import \"a.proto\"; message Order { map<string, Line> lines = 1; } message Line { A a = 1; }"
                        + " enum Other { ZERO = 0; }",
                "a.proto",
                header + "message A { int32 x = 1; int32 y = 2; } message Unused { string x = 1; }");

        Descriptor order = MergedSchema.only("shop.Order")
                .with(one)
                .with(two)
                .message("shop.Order")
                .orElseThrow();

        assertThat(fields(order)).containsExactly("1 lines MESSAGE", "2 e ENUM");
        Descriptor line = order.findFieldByName("lines")
                .getMessageType()
                .findFieldByNumber(2)
                .getMessageType();
        assertThat(fields(line.findFieldByName("a").getMessageType())).containsExactly("1 x INT32", "2 y INT32");
        MergedSchema merged = MergedSchema.only("shop.Order").with(one);
        assertThat(merged.message("shop.B"))
                .as("the message around the enum needs it")
                .isPresent();
        assertThat(merged.message("shop.Other")).isEmpty();
        assertThat(merged.message("shop.Unused")).isEmpty();
        assertThat(MergedSchema.only("shop.Nothing").with(one).message("shop.Nothing"))
                .isEmpty();
    }

    @Test
    void takesUpEverythingForAnAny() {
        String any = "syntax = \"proto3\"; package shop; import \"google/protobuf/any.proto\"; "
                + "message Order { google.protobuf.Any any = 1; } message B { %s x = 1; }";

        assertThatThrownBy(() -> MergedSchema.only("shop.Order")
                        .with(Schemas.of(1, any.formatted("int32")))
                        .with(Schemas.of(2, any.formatted("string"))))
                .isInstanceOf(IncompatibleSchemaException.class);
    }
}
