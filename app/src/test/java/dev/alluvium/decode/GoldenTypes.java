package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The message types and messages of the resource folder mapping. */
final class GoldenTypes {
    private GoldenTypes() {}

    static Descriptor everything() {
        return find("golden.Everything");
    }

    static Descriptor legacy() {
        return find("golden.Legacy");
    }

    static Descriptor modern() {
        return find("golden.Modern");
    }

    static Descriptor find(String name) {
        return MessageTypes.find(bytes("golden.desc"), name);
    }

    /** The message that a resource holds in text format. */
    static byte[] message(Descriptor type, String resource) {
        return text(type, new String(bytes(resource), StandardCharsets.UTF_8));
    }

    /** The message that a text in text format stands for; required fields may be missing. */
    static byte[] text(Descriptor type, String text) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        try {
            TextFormat.merge(text, new ProtobufRows(type, Times.MICROS).extensions(), message);
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(text, e);
        }
        return message.buildPartial().toByteArray();
    }

    static byte[] bytes(String resource) {
        try (InputStream in = GoldenTypes.class.getResourceAsStream("/mapping/" + resource)) {
            return Objects.requireNonNull(in, resource).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
