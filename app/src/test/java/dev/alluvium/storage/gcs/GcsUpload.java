package dev.alluvium.storage.gcs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A resumable upload ("Resumable uploads" of the API's guides): what has arrived, in units of 256 KiB, and what became of
 * it. Requests of one upload wait for each other.
 */
final class GcsUpload {
    private static final int UNIT_BYTES = 256 << 10;
    private static final Pattern RANGE = Pattern.compile("bytes (?:([0-9]+)-([0-9]+)|\\*)/([0-9]+|\\*)");

    private final GcsBucket bucket;
    private final String object;
    private final JsonNode metadata;
    private final @Nullable Long ifGenerationMatch;
    private byte[] arrived = new byte[0];
    private @Nullable GcsBlob blob;

    GcsUpload(GcsBucket bucket, String object, JsonNode metadata, @Nullable Long ifGenerationMatch) {
        this.bucket = bucket;
        this.object = object;
        this.metadata = metadata;
        this.ifGenerationMatch = ifGenerationMatch;
    }

    /**
     * Takes what a request brings.
     *
     * @return the object, if it is complete
     * @throws IOException if the request broke off; what came before is kept
     */
    synchronized Optional<GcsBlob> put(String contentRange, InputStream body) throws IOException, GcsRefusal {
        Matcher range = RANGE.matcher(contentRange);
        if (!range.matches()) {
            throw new GcsRefusal(400, "badRequest", "Failed to parse Content-Range header.");
        }
        if (blob != null) {
            body.readAllBytes();
            return Optional.of(blob);
        }
        boolean isWholeKnown = !range.group(3).equals("*");
        if (range.group(1) != null) {
            long begin = Long.parseLong(range.group(1));
            long end = Long.parseLong(range.group(2)) + 1;
            if (begin > arrived.length) {
                throw new GcsRefusal(
                        503,
                        "backendError",
                        "Invalid request. According to the Content-Range header, the upload offset is " + begin
                                + " byte(s), which exceeds already uploaded size of " + arrived.length + " byte(s).");
            }
            if (!isWholeKnown && (end - begin) % UNIT_BYTES != 0) {
                throw new GcsRefusal(400, "badRequest", "A chunk is a multiple of 256 KiB.");
            }
            boolean isLast = isWholeKnown && end == Long.parseLong(range.group(3));
            receive(body, arrived.length - (int) begin, isLast);
        }
        if (isWholeKnown && arrived.length == Long.parseLong(range.group(3))) {
            blob = bucket.insert(object, metadata, arrived, ifGenerationMatch);
            return Optional.of(blob);
        }
        return Optional.empty();
    }

    private void receive(InputStream body, int known, boolean isLast) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(arrived);
        boolean isWhole = false;
        try {
            body.skipNBytes(known);
            body.transferTo(bytes);
            isWhole = true;
        } finally {
            byte[] all = bytes.toByteArray();
            int kept = isWhole && isLast ? all.length : all.length - all.length % UNIT_BYTES;
            arrived = Arrays.copyOf(all, Math.max(kept, arrived.length));
        }
    }

    /** The header {@code Range} of an answer that waits for more; empty if nothing has arrived. */
    synchronized Optional<String> range() {
        return arrived.length == 0 ? Optional.empty() : Optional.of("bytes=0-" + (arrived.length - 1));
    }
}
