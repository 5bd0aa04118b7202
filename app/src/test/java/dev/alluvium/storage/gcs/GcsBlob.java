package dev.alluvium.storage.gcs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.CRC32C;

/** An object of the server, with what its writer said of it in the API's fields. */
final class GcsBlob {
    private final String bucket;
    private final String name;
    private final long generation;
    private final JsonNode metadata;
    private final byte[] bytes;

    GcsBlob(String bucket, String name, long generation, JsonNode metadata, byte[] bytes) {
        this.bucket = bucket;
        this.name = name;
        this.generation = generation;
        this.metadata = metadata;
        this.bytes = bytes;
    }

    String name() {
        return name;
    }

    long generation() {
        return generation;
    }

    JsonNode metadata() {
        return metadata;
    }

    byte[] bytes() {
        return bytes;
    }

    String crc32c() {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    String md5() {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The object resource of the API. */
    ObjectNode resource() {
        ObjectNode resource = JsonNodeFactory.instance.objectNode();
        resource.put("kind", "storage#object")
                .put("id", bucket + "/" + name + "/" + generation)
                .put("name", name)
                .put("bucket", bucket)
                .put("generation", Long.toString(generation))
                .put("metageneration", "1")
                .put("storageClass", "STANDARD")
                .put("size", Integer.toString(bytes.length))
                .put("md5Hash", md5())
                .put("crc32c", crc32c())
                .put("etag", Long.toHexString(generation));
        for (String field : new String[] {"contentType", "cacheControl", "metadata", "kmsKeyName"}) {
            if (metadata.has(field)) {
                resource.set(field, metadata.get(field));
            }
        }
        return resource;
    }
}
