package dev.alluvium.registry;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.alluvium.schema.SchemaVersion;
import java.util.HashMap;
import java.util.Map;

/** Schemas for tests, of .proto texts as a registry has them. */
public final class Schemas {
    private Schemas() {}

    /**
     * A schema of a text.
     *
     * @param imports names of files and their texts, in turn
     */
    public static SchemaVersion of(int id, String text, String... imports) {
        Map<String, FileDescriptorProto> files = new HashMap<>();
        for (int i = 0; i < imports.length; i += 2) {
            files.put(imports[i], ProtoText.parse(imports[i + 1]));
        }
        return SchemaVersion.link(id, ProtoText.parse(text), files);
    }

    /** A proto3 schema of package {@code shop} with these definitions. */
    public static SchemaVersion shop(int id, String definitions) {
        return of(id, "syntax = \"proto3\"; package shop; " + definitions);
    }
}
