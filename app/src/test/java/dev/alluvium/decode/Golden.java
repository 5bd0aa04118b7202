package dev.alluvium.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The golden vectors: computed by LakeSync's own libraries, not by this code. */
public final class Golden {
    private static final JsonNode ALL = load();

    private Golden() {}

    /** A delta, what its stable JSON is, and the bytes that its producer sends. */
    public record Delta(String name, String stableJson, String deltaId, ByteString wire) {
        /** The producer's message. */
        public RowDelta message() {
            try {
                return RowDelta.parseFrom(wire);
            } catch (InvalidProtocolBufferException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A clock in all its forms. */
    record Clock(long wallMs, int counter, String text, long bits, String littleEndianHex) {}

    static Stream<Clock> clocks() {
        return elements("hlc")
                .map(node -> new Clock(
                        node.get("wallMs").longValue(),
                        node.get("counter").intValue(),
                        node.get("unsigned").textValue(),
                        Long.parseLong(node.get("signedInt64").textValue()),
                        node.get("fixed64LE").textValue()));
    }

    /** D1 to D8 and the timeline's T1 to T7. */
    public static Stream<Delta> deltas() {
        return Stream.concat(elements("deltas"), elements("timeline"))
                .map(node -> new Delta(
                        node.get("name").textValue(),
                        node.get("stableJson").textValue(),
                        node.get("deltaId").textValue(),
                        ByteString.copyFrom(
                                HexFormat.of().parseHex(node.get("protobufHex").textValue()))));
    }

    private static Stream<JsonNode> elements(String name) {
        return StreamSupport.stream(ALL.get(name).spliterator(), false);
    }

    private static JsonNode load() {
        try (InputStream in = Objects.requireNonNull(Golden.class.getResourceAsStream("/golden.json"))) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
