package dev.alluvium.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import dev.alluvium.schema.SchemaVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** protoc is the judge: what it made of a text is what this parser makes of it. */
class ProtoTextTest {
    /** The texts that protobuf-java brings along, one of them in proto2 with groups of options and extension ranges. */
    static Stream<Message> compiled() {
        return Stream.of(
                DescriptorProtos.FileDescriptorSet.getDefaultInstance(),
                com.google.protobuf.Any.getDefaultInstance(),
                com.google.protobuf.Api.getDefaultInstance(),
                com.google.protobuf.Duration.getDefaultInstance(),
                com.google.protobuf.Empty.getDefaultInstance(),
                com.google.protobuf.FieldMask.getDefaultInstance(),
                com.google.protobuf.Struct.getDefaultInstance(),
                com.google.protobuf.Timestamp.getDefaultInstance(),
                com.google.protobuf.Type.getDefaultInstance(),
                com.google.protobuf.Int32Value.getDefaultInstance());
    }

    @ParameterizedTest
    @MethodSource("compiled")
    void readsWhatProtocReads(Message compiled) throws IOException {
        FileDescriptor expected = compiled.getDescriptorForType().getFile();
        String text;
        try (InputStream in = Message.class.getClassLoader().getResourceAsStream(expected.getName())) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        FileDescriptor actual =
                SchemaVersion.link(1, ProtoText.parse(text), Map.of()).file();

        assertThat(actual.getMessageTypes()).isNotEmpty();
        assertSame(expected.getMessageTypes(), actual.getMessageTypes());
    }

    private static void assertSame(List<Descriptor> expected, List<Descriptor> actual) {
        assertThat(actual.stream().map(Descriptor::getFullName))
                .containsExactlyElementsOf(
                        expected.stream().map(Descriptor::getFullName).toList());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).getFields().stream().map(ProtoTextTest::describe))
                    .containsExactlyElementsOf(expected.get(i).getFields().stream()
                            .map(ProtoTextTest::describe)
                            .toList());
            assertThat(actual.get(i).getEnumTypes().stream().map(ProtoTextTest::describe))
                    .containsExactlyElementsOf(expected.get(i).getEnumTypes().stream()
                            .map(ProtoTextTest::describe)
                            .toList());
            assertSame(
                    expected.get(i).getNestedTypes().stream()
                            .sorted((a, b) -> Boolean.compare(
                                    a.getOptions().getMapEntry(), b.getOptions().getMapEntry()))
                            .toList(),
                    actual.get(i).getNestedTypes());
        }
    }

    private static String describe(FieldDescriptor field) {
        return field.getNumber() + " " + field.getName() + " " + field.getJsonName() + " " + field.getType()
                + " repeated " + field.isRepeated() + " presence " + field.hasPresence() + " packed " + field.isPacked()
                + " map " + field.isMapField() + " oneof "
                + (field.getRealContainingOneof() == null
                        ? ""
                        : field.getRealContainingOneof().getName())
                + (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                        ? field.getMessageType().getFullName()
                        : field.getJavaType() == FieldDescriptor.JavaType.ENUM ? describe(field.getEnumType()) : "");
    }

    private static String describe(EnumDescriptor each) {
        return each.getFullName() + " closed " + each.isClosed() + " "
                + each.getValues().stream()
                        .map(value -> value.getNumber() + " " + value.getName())
                        .toList();
    }

    @Test
    void readsEveryKindOfDefinition() {
        FileDescriptor file = Schemas.of(1, """
                        // A comment; with a brace {
                        syntax = 'proto3';
                        package a.b; /* and
                        another */
                        import public "google/protobuf/timestamp.proto";
                        import "confluent/meta.proto";
                        option java_package = "x" "y";
                        option (confluent.file_meta).doc = "a; b }";
                        message Outer {
                          option (confluent.message_meta) = { doc: "x", params: [{key: "a" value: "b"}] };
                          reserved 4, 7 to 9; reserved "old";
                          map < string , Inner > inners = 1 [deprecated = true];
                          optional int32 maybe = 2;
                          repeated sint64 many = 3 [packed = false, (confluent.field_meta) = {tags: ["PII"]}];
                          message Inner { .a.b.Outer.Kind kind = 0x1; google.protobuf.Timestamp at = 2; }
                          enum Kind { option allow_alias = true; ZERO = 0; ONE = 1; UNO = 1; LOW = -2 [deprecated = true]; };
                          oneof choice { string text = 10; Inner inner = 11; option (x) = 1; }
                          map<int32, bytes> raw_bytes = 12;
                          string message = 13 [json_name = "msg"];
                        }
                        service S { rpc Call (Outer) returns (stream Outer) { option (http) = { get: "/" }; } }
                        """).file();

        Descriptor outer = file.findMessageTypeByName("Outer");
        assertThat(outer.getNestedTypes().stream().map(Descriptor::getName))
                .as("as the message-index path counts them")
                .containsExactly("Inner", "InnersEntry", "RawBytesEntry");
        assertThat(outer.findFieldByName("inners").isMapField()).isTrue();
        assertThat(outer.findFieldByName("maybe").hasPresence()).isTrue();
        assertThat(outer.findFieldByName("many").isPacked()).isFalse();
        assertThat(outer.findFieldByName("text").getRealContainingOneof().getName())
                .isEqualTo("choice");
        assertThat(outer.findFieldByName("message").getJsonName()).isEqualTo("msg");
        assertThat(outer.findEnumTypeByName("Kind").findValueByNumber(-2).getName())
                .isEqualTo("LOW");
        assertThat(outer.findNestedTypeByName("Inner")
                        .findFieldByName("at")
                        .getMessageType()
                        .getFullName())
                .isEqualTo("google.protobuf.Timestamp");
    }

    @Test
    void readsGroupsAndExtensionsOfProto2() {
        FileDescriptorProto file = ProtoText.parse("""
                message A {
                  required string name = 1 [default = "a \\"quoted\\" name"];
                  repeated group Part = 2 { optional int32 x = 1; }
                  extensions 100 to max;
                }
                extend A { optional int32 more = 100; }
                """);

        DescriptorProto a = file.getMessageType(0);
        assertThat(file.getSyntax()).isEqualTo("proto2");
        assertThat(a.getField(0).getLabel()).isEqualTo(FieldDescriptorProto.Label.LABEL_REQUIRED);
        assertThat(a.getField(1).getType()).isEqualTo(FieldDescriptorProto.Type.TYPE_GROUP);
        assertThat(a.getField(1).getName()).isEqualTo("part");
        assertThat(a.getNestedType(0).getName()).isEqualTo("Part");
        assertThat(a.getFieldCount()).isEqualTo(2);
    }

    @Test
    void readsFeaturesOfEditions() {
        Descriptor a = Schemas.of(1, """
                        edition = "2023";
                        option features.field_presence = IMPLICIT;
                        message A {
                          int32 plain = 1;
                          int32 maybe = 2 [features.field_presence = EXPLICIT];
                          A group = 3 [features = {message_encoding: DELIMITED}];
                          E kind = 4 [features = {field_presence: EXPLICIT}];
                        }
                        enum E { option features.enum_type = CLOSED; ONE = 1; }
                        """).file().findMessageTypeByName("A");

        assertThat(a.findFieldByName("plain").hasPresence()).isFalse();
        assertThat(a.findFieldByName("maybe").hasPresence()).isTrue();
        assertThat(a.findFieldByName("group").getType()).isEqualTo(FieldDescriptor.Type.GROUP);
        assertThat(a.findFieldByName("kind").getEnumType().isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "message",
                "message A",
                "message A {",
                "message A { int32 a }",
                "message A { int32 a = }",
                "message A { int32 a = b; }",
                "enum E { A = ; }",
                "syntax = proto3;",
                "message A { string a = 1 [default = \"x];\n }",
                "/* never ends",
                "hello",
                "<html><body>502</body></html>"
            })
    void saysInWhichLineATextIsNone(String text) {
        assertThatThrownBy(() -> ProtoText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line 1 of the schema ");
    }
}
