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
public final class GoldenTypes {
    private GoldenTypes() {}

    public static Descriptor everything() {
        return find("golden.Everything");
    }

    public static Descriptor legacy() {
        return find("golden.Legacy");
    }

    public static Descriptor modern() {
        return find("golden.Modern");
    }

    public static Descriptor find(String name) {
        return MessageTypes.find(bytes("golden.desc"), name);
    }

    /** The message that a resource holds in text format. */
    public static byte[] message(Descriptor type, String resource) {
        return text(type, new String(bytes(resource), StandardCharsets.UTF_8));
    }

    /** The message that a text in text format stands for; required fields may be missing. */
    public static byte[] text(Descriptor type, String text) {
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
