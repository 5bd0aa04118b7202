package dev.alluvium.storage.gcs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A bucket in memory, without versions. Objects appear whole, and preconditions are checked as they do. Thread safe. */
final class GcsBucket {
    private static final int MAX_PAGE_SIZE = 1000;

    private final String name;
    private final ConcurrentSkipListMap<String, GcsBlob> blobs = new ConcurrentSkipListMap<>();
    private final AtomicLong generations = new AtomicLong(1_700_000_000_000_000L);

    private volatile boolean isCareless;

    GcsBucket(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    ObjectNode resource() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("kind", "storage#bucket")
                .put("id", name)
                .put("name", name)
                .put("location", "EUROPE-WEST3")
                .put("storageClass", "STANDARD");
    }

    /**
     * Publishes an object.
     *
     * @param ifGenerationMatch the generation that must be there, 0 for none; null for whatever is there
     */
    GcsBlob insert(String object, JsonNode metadata, byte[] bytes, @Nullable Long ifGenerationMatch) throws GcsRefusal {
        GcsBlob blob = new GcsBlob(name, object, generations.incrementAndGet(), metadata, bytes);
        requireHash(metadata, "crc32c", blob.crc32c());
        requireHash(metadata, "md5Hash", blob.md5());
        GcsBlob now = blobs.compute(object, (key, held) -> isMet(ifGenerationMatch, held) ? blob : held);
        if (now != blob) {
            throw preconditionFailed();
        }
        return blob;
    }

    private boolean isMet(@Nullable Long ifGenerationMatch, @Nullable GcsBlob held) {
        return isCareless || ifGenerationMatch == null || ifGenerationMatch == generationOf(held);
    }

    private static long generationOf(@Nullable GcsBlob blob) {
        return blob == null ? 0 : blob.generation();
    }

    private static void requireHash(JsonNode metadata, String field, String actual) throws GcsRefusal {
        if (metadata.has(field) && !metadata.get(field).asText().equals(actual)) {
            String kind = field.equals("crc32c") ? "CRC32C" : "MD5 hash";
            throw new GcsRefusal(
                    400,
                    "invalid",
                    "Provided " + kind + " \"" + metadata.get(field).asText() + "\" doesn't match calculated " + kind
                            + " \"" + actual + "\".");
        }
    }

    /** From now on publishes whatever the precondition says. */
    void ignorePreconditions() {
        isCareless = true;
    }

    /** Refuses now what would be refused at the end of an upload. */
    void requireGeneration(String object, @Nullable Long ifGenerationMatch) throws GcsRefusal {
        if (!isMet(ifGenerationMatch, blobs.get(object))) {
            throw preconditionFailed();
        }
    }

    private static GcsRefusal preconditionFailed() {
        return new GcsRefusal(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
    }

    GcsBlob get(String object, @Nullable Long generation) throws GcsRefusal {
        GcsBlob blob = blobs.get(object);
        if (blob == null || (generation != null && generation != blob.generation())) {
            throw notFound(object);
        }
        return blob;
    }

    void delete(String object, @Nullable Long ifGenerationMatch) throws GcsRefusal {
        GcsBlob blob = get(object, null);
        requireGeneration(object, ifGenerationMatch);
        if (!blobs.remove(object, blob)) {
            throw notFound(object);
        }
    }

    private GcsRefusal notFound(String object) {
        return new GcsRefusal(404, "notFound", "No such object: " + name + "/" + object);
    }

    /** A page of a listing, by name. The token names the last object of the page before. */
    ObjectNode list(String prefix, int maxResults, Optional<String> pageToken) {
        ObjectNode page = JsonNodeFactory.instance.objectNode().put("kind", "storage#objects");
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        String after = pageToken
                .map(token -> new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8))
                .orElse("");
        for (GcsBlob blob : blobs.tailMap(prefix, true).values()) {
            if (!blob.name().startsWith(prefix)) {
                break;
            }
            if (blob.name().compareTo(after) <= 0) {
                continue;
            }
            if (items.size() == Math.min(maxResults, MAX_PAGE_SIZE)) {
                String last = items.get(items.size() - 1).get("name").asText();
                page.put("nextPageToken", Base64.getUrlEncoder().encodeToString(last.getBytes(StandardCharsets.UTF_8)));
                break;
            }
            items.add(blob.resource());
        }
        if (!items.isEmpty()) {
            page.set("items", items);
        }
        return page;
    }
}
