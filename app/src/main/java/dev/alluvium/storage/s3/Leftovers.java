package dev.alluvium.storage.s3;

import dev.alluvium.storage.StorageException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Multipart uploads that a dead writer began: invisible, and paid for until somebody aborts them. */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final S3Client client;
    private final S3Failures failures;
    private final String bucket;
    private final String prefix;
    private final int pageSize;

    Leftovers(S3Client client, S3Failures failures, String bucket, String prefix, int pageSize) {
        this.client = client;
        this.failures = failures;
        this.bucket = bucket;
        this.prefix = prefix;
        this.pageSize = pageSize;
    }

    /**
     * Aborts the uploads under the prefix that began before the deadline. Credentials that may not list or abort uploads
     * are no reason to stop: a life-cycle rule of the bucket does the same.
     */
    void abortOlderThan(Instant deadline) throws StorageException {
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
        } catch (S3Exception e) {
            if (!S3Failures.codeOf(e).equals("AccessDenied") && !S3Failures.hasStatus(e, 501)) {
                throw failures.of("list multipart uploads", e);
            }
            LOG.atWarn()
                    .addKeyValue("bucket", bucket)
                    .addKeyValue("reason", S3Failures.codeOf(e))
                    .log("left-over multipart uploads cannot be aborted; let a life-cycle rule do it");
        } catch (RuntimeException e) {
            throw failures.of("list multipart uploads", e);
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
