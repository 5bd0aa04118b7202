package dev.alluvium.storage.s3;

import dev.alluvium.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One multipart upload of one file: parts go side by side, each with its checksum, and become visible together or not at
 * all. Whatever fails, the upload is aborted; what even that leaves behind is {@link Leftovers}' business.
 */
final class MultipartPut {
    private static final Logger LOG = LoggerFactory.getLogger(MultipartPut.class);

    private final S3Client client;
    private final Executor threads;
    private final CreateMultipartUploadRequest created;
    private final SourceFile source;
    private final int parallel;

    /**
     * @param threads runs the workers of this upload, {@code parallel} of them
     * @param created what the object is to be like
     */
    MultipartPut(
            S3Client client, Executor threads, CreateMultipartUploadRequest created, SourceFile source, int parallel) {
        this.client = client;
        this.threads = threads;
        this.created = created;
        this.source = source;
        this.parallel = parallel;
    }

    /**
     * Sends everything and publishes it if its key is free.
     *
     * @return what the store says of the object's checksum: S3's composite form, or nothing
     * @throws SdkException whatever a request came to, 412 if the key is taken
     * @throws StorageException if the file could not be read, or the store holds other bytes than it was sent
     */
    String run() throws StorageException, InterruptedException {
        String uploadId = client.createMultipartUpload(created).uploadId();
        try {
            List<CompletedPart> parts = sendParts(uploadId);
            CompleteMultipartUploadResponse response =
                    client.completeMultipartUpload(request -> request.bucket(created.bucket())
                            .key(created.key())
                            .uploadId(uploadId)
                            .ifNoneMatch("*")
                            .multipartUpload(upload -> upload.parts(parts)));
            return response.checksumCRC32C() == null ? "" : response.checksumCRC32C();
        } catch (RuntimeException | Error | StorageException | InterruptedException e) {
            abort(uploadId);
            throw e;
        }
    }

    private List<CompletedPart> sendParts(String uploadId) throws StorageException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        AtomicReferenceArray<CompletedPart> done = new AtomicReferenceArray<>(source.parts());
        CompletionService<Void> workers = new ExecutorCompletionService<>(threads);
        List<Future<Void>> started = new ArrayList<>();
        try {
            for (int i = 0; i < Math.min(parallel, source.parts()); i++) {
                started.add(workers.submit(() -> {
                    for (int part = next.getAndIncrement(); part < source.parts(); part = next.getAndIncrement()) {
                        done.set(part, send(uploadId, part));
                    }
                    return null;
                }));
            }
            for (int i = 0; i < started.size(); i++) {
                workers.take().get();
            }
        } catch (ExecutionException | CancellationException e) {
            throw causeOf(e);
        } catch (RejectedExecutionException e) {
            throw new StorageException("cannot write " + created.key() + ": the store is closed", e, true);
        } finally {
            next.set(source.parts());
            started.forEach(worker -> worker.cancel(true));
        }
        List<CompletedPart> parts = new ArrayList<>();
        for (int i = 0; i < done.length(); i++) {
            parts.add(done.get(i));
        }
        return parts;
    }

    private CompletedPart send(String uploadId, int index) {
        String checksum = Crc.wireForm(source.partCrcs().get(index));
        try (SourceFile.Body body = source.part(index)) {
            UploadPartResponse response = client.uploadPart(
                    request -> request.bucket(created.bucket())
                            .key(created.key())
                            .uploadId(uploadId)
                            .partNumber(index + 1)
                            .checksumCRC32C(checksum),
                    body.asRequest());
            return CompletedPart.builder()
                    .partNumber(index + 1)
                    .eTag(response.eTag())
                    .checksumCRC32C(checksum)
                    .build();
        }
    }

    private static StorageException causeOf(Exception e) throws StorageException {
        if (e.getCause() instanceof SdkException cause) {
            throw cause;
        }
        return new StorageException("cannot send a part: " + e.getCause(), e, true);
    }

    /** Also on a thread that was interrupted: the SDK would refuse to send anything for it. */
    private void abort(String uploadId) {
        boolean isInterrupted = Thread.interrupted();
        try {
            client.abortMultipartUpload(request ->
                    request.bucket(created.bucket()).key(created.key()).uploadId(uploadId));
        } catch (SdkException e) {
            LOG.atDebug().addKeyValue("key", created.key()).setCause(e).log("multipart upload stays behind");
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
