package dev.alluvium.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Type;
import dev.alluvium.registry.Schemas;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageFingerprintTest {
    private static final String ORDER = """
            message Order {
              int32 n = 1;
              optional int32 m = 2;
              Kind kind = 3;
              repeated Line lines = 4;
              map<string, int64> counts = 5;
              oneof of { string a = 6; string b = 7; }
            }
            message Line { Kind kind = 1; Order order = 2; fixed32 price = 3; }
            enum Kind { NONE = 0; SOME = 1; MANY = 2; }
            """;

    private static String fingerprint(String definitions) {
        return MessageFingerprint.of(type("syntax = \"proto3\"; package shop; " + definitions));
    }

    private static Descriptor type(String file) {
        return Schemas.of(1, file).file().getMessageTypes().get(0);
    }

    @Test
    void isTheSameInEveryVersionOfTheProgram() {
        assertThat(fingerprint(ORDER)).isEqualTo("0eb5aae4da13bdb0719063fa79fa860c");
    }

    @Test
    void isTheSameWhicheverWayTheMessageCame() {
        Descriptor compiledIn = Type.getDescriptor();
        Descriptor read = MessageTypes.find(MessageTypes.descriptorSet(compiledIn), "google.protobuf.Type");

        assertThat(read).isNotSameAs(compiledIn);
        assertThat(MessageFingerprint.of(read)).isEqualTo(MessageFingerprint.of(compiledIn));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int32 n = 1; | /* a comment */ int32 n = 1;",
                "int32 n = 1; | int32 n = 1 [deprecated = true];",
                "message Line | message Unused { int32 x = 1; } message Line",
                "SOME = 1; MANY = 2; | MANY = 2; SOME = 1;",
                "Kind kind = 1; Order order = 2; | Order order = 2; Kind kind = 1;",
            })
    void isTheSameWhereBytesAreReadAlike(String part, String other) {
        assertThat(ORDER).contains(part);
        assertThat(fingerprint(ORDER.replace(part, other))).isEqualTo(fingerprint(ORDER));
    }

    @Test
    void doesNotDependOnJsonNamesAndTheFile() throws DescriptorValidationException {
        FileDescriptorProto.Builder file = Schemas.shop(1, "message A { int32 n = 1; }").file().toProto().toBuilder()
                .setName("other.proto");
        file.getMessageTypeBuilder(0).getFieldBuilder(0).setJsonName("other");
        Descriptor other =
                FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]).findMessageTypeByName("A");

        assertThat(MessageFingerprint.of(other)).isEqualTo(fingerprint("message A { int32 n = 1; }"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int32 n = 1; | sint32 n = 1;",
                "int32 n = 1; | sfixed32 n = 1;",
                "int32 n = 1; | int32 n = 8;",
                "int32 n = 1; | int32 x = 1;",
                "int32 n = 1; | repeated int32 n = 1;",
                "optional int32 m | int32 m",
                "int32 n = 1; | int32 n = 1; int32 added = 8;",
                "SOME = 1; | ANY = 1;",
                "SOME = 1; | SOME = 5;",
                "MANY = 2; | MANY = 2; MORE = 3;",
                "fixed32 price = 3; | uint32 price = 3;",
                "fixed32 price = 3; | fixed32 price = 4;",
                "map<string, int64> | map<string, sint64>",
                "oneof of { string a = 6; string b = 7; } | optional string a = 6; optional string b = 7;",
                "message Order | message Sale",
            })
    void differsWhereBytesAreReadInAnotherWay(String part, String other) {
        assertThat(ORDER).contains(part);
        String changed = ORDER.replace(part, other);
        assertThat(fingerprint(other.endsWith("Sale") ? changed.replace("Order order", "Sale order") : changed))
                .isNotEqualTo(fingerprint(ORDER));
    }

    @Test
    void differsWhereAnEnumIsClosedAndWhereItsDefaultIsAnother() throws DescriptorValidationException {
        String closed = "syntax = \"proto2\"; package shop; message A { optional Kind kind = 1; }"
                + " enum Kind { NONE = 0; SOME = 1; }";
        String open = "syntax = \"proto3\"; package shop; message A { optional Kind kind = 1; }"
                + " enum Kind { NONE = 0; SOME = 1; }";
        String otherFirst = closed.replace("NONE = 0; SOME = 1;", "SOME = 1; NONE = 0;");
        FileDescriptorProto.Builder otherDefault = type(closed).getFile().toProto().toBuilder();
        otherDefault.getMessageTypeBuilder(0).getFieldBuilder(0).setDefaultValue("SOME");
        Descriptor withDefault = FileDescriptor.buildFrom(otherDefault.build(), new FileDescriptor[0])
                .findMessageTypeByName("A");

        assertThat(new Descriptor[] {type(closed), type(open), type(otherFirst), withDefault})
                .extracting(MessageFingerprint::of)
                .doesNotHaveDuplicates();
    }

    @Test
    void countsWhatAnAnyMayHold() {
        String file = "syntax = \"proto3\"; package shop; import \"google/protobuf/any.proto\";"
                + " message A { google.protobuf.Any any = 1; } message B { int32 n = 1; }";

        assertThat(MessageFingerprint.of(type(file)))
                .isNotEqualTo(MessageFingerprint.of(type(file.replace("int32 n", "sint32 n"))));
    }
}
