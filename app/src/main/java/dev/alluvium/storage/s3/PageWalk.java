package dev.alluvium.storage.s3;

import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectKey;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The objects of a listing, one page in memory at a time. Folder markers that consoles write are no objects here. */
final class PageWalk implements Iterator<ListedObject> {
    private final S3Client client;
    private final S3Failures failures;
    private final String keyStart;
    private final Deque<ListedObject> page = new ArrayDeque<>();
    private @Nullable ListObjectsV2Request next;

    /**
     * @param first request of the first page
     * @param keyStart what every key of the store begins with and the port does not show
     */
    PageWalk(S3Client client, S3Failures failures, ListObjectsV2Request first, String keyStart) {
        this.client = client;
        this.failures = failures;
        this.keyStart = keyStart;
        this.next = first;
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && next != null) {
            next = fetch(next);
        }
        return !page.isEmpty();
    }

    @Override
    public ListedObject next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.pop();
    }

    private @Nullable ListObjectsV2Request fetch(ListObjectsV2Request request) {
        ListObjectsV2Response response;
        try {
            response = client.listObjectsV2(request);
        } catch (RuntimeException e) {
            throw new UncheckedIOException(failures.of("list '" + request.prefix() + "'", e));
        }
        for (S3Object object : response.contents()) {
            String key = object.key().substring(keyStart.length());
            if (!key.startsWith(ObjectKey.OWN_PREFIX) && !key.isEmpty() && !key.endsWith("/")) {
                page.add(new ListedObject(key, object.size()));
            }
        }
        if (!Boolean.TRUE.equals(response.isTruncated())) {
            return null;
        }
        if (response.nextContinuationToken() == null) {
            // Asking without one starts at the first page again, for ever.
            throw new UncheckedIOException(failures.ofBroken(
                    "list '" + request.prefix() + "'", "a page says that more follow, and not how to get them"));
        }
        return request.toBuilder()
                .continuationToken(response.nextContinuationToken())
                .build();
    }
}
