package dev.alluvium.storage.s3;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;

/** Multipart uploads that a dead writer began: invisible, and paid for until somebody aborts them. */
final class Leftovers {
    /** Older ones are taken for those of dead writers. */
    private static final Duration AGE = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final S3Client client;
    private final S3Failures failures;
    private final String bucket;
    private final String prefix;
    private final Clock clock;
    private final int pageSize;

    /** @param prefix what the keys of this store begin with; empty if it has the bucket to itself, or so it seems */
    Leftovers(S3Client client, S3Failures failures, String bucket, String prefix, Clock clock, int pageSize) {
        this.client = client;
        this.failures = failures;
        this.bucket = bucket;
        this.prefix = prefix;
        this.clock = clock;
        this.pageSize = pageSize;
    }

    /**
     * Aborts the uploads under the prefix that are older than a day. Without a prefix it touches none, as they may be
     * those of other applications. Failing at it is no reason to stop: a life-cycle rule of the bucket does the same.
     */
    void abort() {
        if (prefix.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("bucket", bucket)
                    .log("without storage.prefix, left-over multipart uploads are not aborted; set a life-cycle rule of"
                            + " the bucket (AbortIncompleteMultipartUpload)");
            return;
        }
        Instant deadline = clock.instant().minus(AGE);
        try {
            int aborted = 0;
            for (MultipartUpload upload : client.listMultipartUploadsPaginator(
                            request -> request.bucket(bucket).prefix(prefix).maxUploads(pageSize))
                    .uploads()) {
                aborted += upload.initiated().isBefore(deadline) && abort(upload) ? 1 : 0;
            }
            if (aborted > 0) {
                LOG.atInfo()
                        .addKeyValue("bucket", bucket)
                        .addKeyValue("prefix", prefix)
                        .addKeyValue("uploads", aborted)
                        .log("aborted left-over multipart uploads");
            }
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("bucket", bucket)
                    .addKeyValue(
                            "reason",
                            failures.of("abort left-over multipart uploads", e).getMessage())
                    .log("left-over multipart uploads cannot be aborted; let a life-cycle rule do it");
        }
    }

    private boolean abort(MultipartUpload upload) {
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()));
            return true;
        } catch (NoSuchUploadException e) {
            return false; // its writer, or another process, was faster
        }
    }
}
