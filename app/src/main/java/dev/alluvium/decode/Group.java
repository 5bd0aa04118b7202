package dev.alluvium.decode;

import dev.alluvium.schema.TableSchema;
import java.util.Map;

/**
 * Where a record belongs: records of one group and partition share an open batch and therefore a file.
 *
 * @param id stable over restarts and versions, since the ledger knows groups by it: {@code orders/2026-02-06}
 * @param schema the columns that a batch of this group opens with
 * @param attributes what the group determines, by placeholder name of the key template ({@code table}, {@code date},
 *     {@code session}); also written to the footer
 * @param descriptorSet Base64 of the FileDescriptorSet behind the schema, where a pipeline has more than one; else empty
 */
public record Group(String id, TableSchema schema, Map<String, String> attributes, String descriptorSet) {
    public Group {
        attributes = Map.copyOf(attributes);
    }

    /** A group whose schema is that of its data set. */
    public Group(String id, TableSchema schema, Map<String, String> attributes) {
        this(id, schema, attributes, "");
    }
}
