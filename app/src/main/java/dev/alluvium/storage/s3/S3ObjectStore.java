package dev.alluvium.storage.s3;

import dev.alluvium.storage.ContentType;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectKey;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.PutOutcome;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.S3.Encryption;
import dev.alluvium.storage.StoreProbe;
import dev.alluvium.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Objects in a bucket of S3, or of a server that speaks its language. A put carries {@code If-None-Match: *} and the
 * CRC-32C of its bytes, which the server verifies; a large file goes in parts, each verified, and the condition stands on
 * their completion. The checksum of the whole is kept in the object's metadata, so that the same bytes have the same one
 * however they came.
 *
 * <p>A failed request is repeated a few times at most: whoever uploads repeats the whole call. Threads beside the caller's
 * run only while files go in parts.
 */
public final class S3ObjectStore implements ObjectStore {
    /** User metadata with the port's checksum of the whole object. */
    static final String CHECKSUM_METADATA = "alluvium-crc32c";

    private static final Logger LOG = LoggerFactory.getLogger(S3ObjectStore.class);
    private static final int MAX_KEY_BYTES = 1024;
    private static final int MAX_CONFLICTS = 5;
    private static final long CONFLICT_PAUSE_MS = 100;

    private final StorageSettings.S3 settings;
    private final S3Connection connection;
    private final S3Client client;
    private final S3Failures failures;
    private final String keyStart;
    private final int pageSize;
    private final ExecutorService threads;
    private final Leftovers leftovers;
    private final AtomicBoolean isCleanedUp = new AtomicBoolean();
    private final AtomicBoolean isKnownToTellNoChecksum = new AtomicBoolean();

    private enum Answer {
        CREATED,
        TAKEN,
        /** Another writer of the key is at work, or a deletion is: nothing was done. */
        CONFLICT
    }

    private S3ObjectStore(StorageSettings.S3 settings, S3Connection connection, Clock clock, int pageSize) {
        this.settings = settings;
        this.connection = connection;
        this.client = connection.client();
        this.failures = new S3Failures(describe());
        this.keyStart = settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
        this.pageSize = pageSize;
        this.leftovers = new Leftovers(client, failures, settings.bucket(), keyStart, clock, pageSize);
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "s3-part-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Opens the store without asking it anything: that is what {@link #probe()} does.
     *
     * @param clock tells how old an upload is that a dead writer left, against the store's own time
     * @throws StorageException not retryable, if there is no region
     */
    public static S3ObjectStore open(StorageSettings.S3 settings, Clock clock) throws StorageException {
        return open(settings, clock, S3Connection.Tuning.DEFAULT);
    }

    static S3ObjectStore open(StorageSettings.S3 settings, Clock clock, S3Connection.Tuning tuning)
            throws StorageException {
        return new S3ObjectStore(settings, S3Connection.open(settings, tuning), clock, tuning.pageSize());
    }

    @Override
    public PutOutcome putIfAbsent(String key, Path file, Map<String, String> metadata) throws StorageException {
        String objectKey = locate(key);
        String attempt = "write " + key;
        SourceFile source = SourceFile.read(key, file, settings.multipart().partBytes());
        StoredObject sent = new StoredObject(key, source.size(), Crc.portForm(source.crc()));
        Map<String, String> kept = new HashMap<>(metadata);
        kept.put(CHECKSUM_METADATA, sent.checksum());
        try {
            for (int conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
                Thread.sleep(conflicts * CONFLICT_PAUSE_MS);
                Answer answer = source.size() < settings.multipart().thresholdBytes()
                        ? putWhole(objectKey, source, kept, sent)
                        : putInParts(objectKey, source, kept, sent);
                if (answer == Answer.CREATED) {
                    return new PutOutcome(true, sent);
                }
                Optional<StoredObject> holder = holder(attempt, objectKey, source, sent);
                if (holder.isPresent()) {
                    return new PutOutcome(false, holder.get());
                }
            }
        } catch (InterruptedException e) {
            throw failures.interrupted(attempt, e);
        } catch (RuntimeException e) {
            throw failures.of(attempt, e);
        }
        throw new StorageException(
                "cannot " + attempt + " in " + describe()
                        + ": others write or delete it all the time; it is tried again",
                true);
    }

    private Answer putWhole(String objectKey, SourceFile source, Map<String, String> metadata, StoredObject sent)
            throws StorageException {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(settings.bucket())
                .key(objectKey)
                .ifNoneMatch("*")
                .checksumCRC32C(Crc.wireForm(source.crc()))
                .contentType(ContentType.of(objectKey))
                .cacheControl(ContentType.CACHE_CONTROL)
                .metadata(metadata);
        if (encryption() != null) {
            request.serverSideEncryption(encryption()).ssekmsKeyId(kmsKey());
        }
        try (SourceFile.Body body = source.body(ContentType.of(objectKey))) {
            String told = client.putObject(request.build(), body.asRequest()).checksumCRC32C();
            requireSame(objectKey, sent, Crc.wireForm(source.crc()), told);
            return Answer.CREATED;
        } catch (S3Exception e) {
            return refusal(e);
        }
    }

    private Answer putInParts(String objectKey, SourceFile source, Map<String, String> metadata, StoredObject sent)
            throws StorageException, InterruptedException {
        if (head("write " + sent.key(), objectKey).isPresent()) {
            return Answer.TAKEN; // a repeat: spares sending everything to hear it at the end
        }
        return publishInParts(objectKey, source, metadata, sent);
    }

    private Answer publishInParts(String objectKey, SourceFile source, Map<String, String> metadata, StoredObject sent)
            throws StorageException, InterruptedException {
        CreateMultipartUploadRequest.Builder request = CreateMultipartUploadRequest.builder()
                .bucket(settings.bucket())
                .key(objectKey)
                .checksumAlgorithm(ChecksumAlgorithm.CRC32_C)
                .contentType(ContentType.of(objectKey))
                .cacheControl(ContentType.CACHE_CONTROL)
                .metadata(metadata);
        if (encryption() != null) {
            request.serverSideEncryption(encryption()).ssekmsKeyId(kmsKey());
        }
        try {
            String told = new MultipartPut(
                            client,
                            threads,
                            request.build(),
                            source,
                            settings.multipart().parallel())
                    .run();
            boolean isComposite = told.contains("-");
            String expected = isComposite ? Crc.composite(source.partCrcs()) : Crc.wireForm(source.crc());
            requireSame(objectKey, sent, expected, told.isEmpty() ? null : told);
            return Answer.CREATED;
        } catch (S3Exception e) {
            return refusal(e);
        }
    }

    private static Answer refusal(S3Exception e) {
        // The code first: what goes wrong after a completion has begun to answer comes with another status.
        String code = S3Failures.codeOf(e);
        if (code.equals("PreconditionFailed") || S3Failures.hasStatus(e, 412)) {
            return Answer.TAKEN;
        }
        if (code.equals("ConditionalRequestConflict") || S3Failures.hasStatus(e, 409)) {
            return Answer.CONFLICT;
        }
        throw e;
    }

    /**
     * What took the key. That its metadata notes a checksum proves nothing: its writer may have sent that along with bytes
     * that were damaged. So unless the store's own checksum tells the same, the bytes have to.
     */
    private Optional<StoredObject> holder(String attempt, String objectKey, SourceFile source, StoredObject sent)
            throws StorageException {
        Optional<HeadObjectResponse> head = head(attempt, objectKey);
        if (head.isEmpty()) {
            return Optional.empty();
        }
        StoredObject noted = described(sent.key(), head.get());
        String told = head.get().checksumCRC32C();
        boolean isProven = told != null
                && (!told.contains("-") || (noted.equals(sent) && told.equals(Crc.composite(source.partCrcs()))));
        if (!isProven && head.get().metadata().containsKey(CHECKSUM_METADATA)) {
            StoredObject held = readBack(sent.key(), Long.MAX_VALUE);
            if (!held.equals(noted)) {
                throw damaged(sent.key(), "noted " + noted + ", stored " + held);
            }
        }
        return Optional.of(noted);
    }

    private StorageException damaged(String key, String difference) {
        return new StorageException(
                key + " in " + describe() + " is not what was sent: " + difference
                        + "; delete it there, it is written again",
                true);
    }

    /** Of the object that this call published. One that holds other bytes must not stay for the next try to adopt. */
    private void requireSame(String objectKey, StoredObject sent, String expected, @Nullable String told)
            throws StorageException {
        if (told == null) {
            if (!isKnownToTellNoChecksum.getAndSet(true)) {
                LOG.atWarn()
                        .addKeyValue("storage", describe())
                        .log("the store tells no CRC32C of what it was sent; every file is read back to compare");
            }
            StoredObject held = readBack(sent.key(), Long.MAX_VALUE);
            if (!held.equals(sent)) {
                throw removed(objectKey, sent.key(), "sent " + sent + ", found " + held);
            }
        } else if (!told.equals(expected)) {
            throw removed(objectKey, sent.key(), "sent CRC32C " + expected + ", stored " + told);
        }
    }

    private StorageException removed(String objectKey, String key, String difference) {
        String found = key + " in " + describe() + " is not what was sent: " + difference;
        try {
            client.deleteObject(request -> request.bucket(settings.bucket()).key(objectKey));
            return new StorageException(found + "; it was removed again, and is written anew", true);
        } catch (RuntimeException e) {
            String reason = failures.of("remove " + key, e).getMessage();
            return new StorageException(found + "; delete it there: " + reason, e, false);
        }
    }

    private @Nullable ServerSideEncryption encryption() {
        Encryption encryption = settings.encryption();
        if (encryption instanceof Encryption.OfTheBucket) {
            return null;
        }
        return encryption instanceof Encryption.OfKms ? ServerSideEncryption.AWS_KMS : ServerSideEncryption.AES256;
    }

    private @Nullable String kmsKey() {
        return settings.encryption() instanceof Encryption.OfKms kms ? kms.key().orElse(null) : null;
    }

    @Override
    public Optional<StoredObject> stat(String key) throws StorageException {
        Optional<HeadObjectResponse> head = head("look up " + key, locate(key));
        return head.isEmpty() ? Optional.empty() : Optional.of(described(key, head.get()));
    }

    private Optional<HeadObjectResponse> head(String attempt, String objectKey) throws StorageException {
        try {
            return Optional.of(client.headObject(
                    request -> request.bucket(settings.bucket()).key(objectKey).checksumMode(ChecksumMode.ENABLED)));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (S3Exception e) {
            throw failures.of(
                    attempt, S3Failures.hasStatus(e, 400) || S3Failures.hasStatus(e, 403) ? inFull(objectKey, e) : e);
        } catch (RuntimeException e) {
            throw failures.of(attempt, e);
        }
    }

    /** The same refusal with its code: an answer to HEAD has no body to tell it, one to GET has. */
    private S3Exception inFull(String objectKey, S3Exception refusal) {
        try {
            client.getObject(request ->
                            request.bucket(settings.bucket()).key(objectKey).range("bytes=0-0"))
                    .abort();
            return refusal;
        } catch (S3Exception e) {
            return e.statusCode() == refusal.statusCode() ? e : refusal;
        } catch (RuntimeException e) {
            return refusal;
        }
    }

    private StoredObject described(String key, HeadObjectResponse head) throws StorageException {
        String noted = head.metadata().get(CHECKSUM_METADATA);
        String computed = ofWholeObject(head.checksumCRC32C());
        if (noted != null && computed != null && !noted.equals(computed)) {
            throw damaged(key, "noted " + noted + ", stored " + computed);
        }
        String checksum = noted != null ? noted : computed;
        return checksum == null
                ? readBack(key, head.contentLength())
                : new StoredObject(key, head.contentLength(), checksum);
    }

    /** The checksum the store tells, unless it is one of parts, which depends on how the object was sent. */
    private static @Nullable String ofWholeObject(@Nullable String told) {
        return told == null || told.contains("-") ? null : Crc.portForm(told);
    }

    /** What the bytes of an object tell, where nobody else does. */
    private StoredObject readBack(String key, long length) throws StorageException {
        CRC32C crc = new CRC32C();
        long size = 0;
        byte[] buffer = new byte[256 << 10];
        try (InputStream in = read(key, 0, length)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                crc.update(buffer, 0, read);
                size += read;
            }
        } catch (IOException e) {
            throw failures.of("read " + key, e);
        }
        return new StoredObject(key, size, Crc.portForm((int) crc.getValue()));
    }

    @Override
    @SuppressWarnings("resource") // the range closes the body
    public InputStream read(String key, long position, long length) throws StorageException {
        if (position < 0 || length < 0) {
            throw new IllegalArgumentException("not a range: " + length + " bytes from " + position);
        }
        String objectKey = locate(key);
        try {
            if (length == 0) {
                client.headObject(request -> request.bucket(settings.bucket()).key(objectKey));
                return InputStream.nullInputStream();
            }
            String end = length > Long.MAX_VALUE - position ? "" : String.valueOf(position + length - 1);
            ResponseInputStream<GetObjectResponse> body = client.getObject(
                    request -> request.bucket(settings.bucket()).key(objectKey).range("bytes=" + position + "-" + end));
            if (position > 0 && body.response().contentRange() == null) {
                body.abort();
                throw new StorageException(describe() + " does not read ranges; use another store", false);
            }
            return new RangeStream(body, key, Math.min(length, body.response().contentLength()), failures);
        } catch (NoSuchKeyException e) {
            throw new StorageException("no object " + key + " in " + describe(), e, false);
        } catch (S3Exception e) {
            if (S3Failures.hasStatus(e, 416)) {
                return InputStream.nullInputStream(); // from the end on, or of an empty object
            }
            throw failures.of("read " + key, e);
        } catch (RuntimeException e) {
            throw failures.of("read " + key, e);
        }
    }

    @Override
    public Stream<ListedObject> list(String prefix) throws StorageException {
        ObjectKey.directoryOf(prefix);
        ListObjectsV2Request first = ListObjectsV2Request.builder()
                .bucket(settings.bucket())
                .prefix(keyStart + prefix)
                .maxKeys(pageSize)
                .build();
        PageWalk walk = new PageWalk(client, failures, first, keyStart);
        int unordered = Spliterator.NONNULL | Spliterator.DISTINCT;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(walk, unordered), false);
    }

    /** Asks first, as S3 does not say whether there was an object: two that delete at once may both hear true. */
    @Override
    public boolean delete(String key) throws StorageException {
        String objectKey = locate(key);
        try {
            boolean isThere = head("delete " + key, objectKey).isPresent();
            if (isThere) {
                client.deleteObject(request -> request.bucket(settings.bucket()).key(objectKey));
            }
            return isThere;
        } catch (RuntimeException e) {
            throw failures.of("delete " + key, e);
        }
    }

    /**
     * As the port says, and the same for a file in parts, whose completion carries a condition of its own. Once that is
     * proved, aborts multipart uploads that dead writers left under the prefix, as well as it can.
     */
    @Override
    public void probe() throws StorageException {
        Path scratch = Path.of(System.getProperty("java.io.tmpdir"));
        StoreProbe.run(this, scratch);
        try {
            Path file = Files.createTempFile(scratch, "", ".tmp");
            try {
                Files.writeString(file, "probe in parts");
                probeParts(ObjectKey.PROBE_PREFIX + file.getFileName(), file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw new StorageException(
                    "cannot write a probe file to " + scratch + ": " + e + "; make it writable", e, false);
        }
        if (!isCleanedUp.getAndSet(true)) {
            leftovers.abort();
        }
    }

    private void probeParts(String key, Path file) throws StorageException {
        String attempt = "complete an upload in parts of " + key;
        SourceFile source = SourceFile.read(key, file, settings.multipart().partBytes());
        Answer answer;
        try {
            putIfAbsent(key, file, Map.of());
            answer = publishInParts(
                    locate(key), source, Map.of(), new StoredObject(key, source.size(), Crc.portForm(source.crc())));
        } catch (InterruptedException e) {
            throw withoutProbe(key, failures.interrupted(attempt, e));
        } catch (StorageException | RuntimeException e) {
            throw withoutProbe(key, failures.of(attempt, e));
        }
        delete(key);
        if (answer == Answer.CREATED) {
            throw new StorageException(
                    describe() + " overwrites objects when an upload in parts completes: it ignores the precondition"
                            + " (If-None-Match) of CompleteMultipartUpload; exactly-once is impossible on it, use"
                            + " another store",
                    false);
        }
        if (answer == Answer.CONFLICT) {
            throw new StorageException("cannot " + attempt + " in " + describe() + ": conflict; try again", true);
        }
    }

    private StorageException withoutProbe(String key, StorageException e) {
        try {
            delete(key);
        } catch (StorageException again) {
            e.addSuppressed(again);
        }
        return e;
    }

    @Override
    public String describe() {
        return "s3://" + settings.bucket() + (settings.prefix().isEmpty() ? "" : "/" + settings.prefix());
    }

    /** Ends uploads that are under way. */
    @Override
    public void close() {
        threads.shutdownNow();
        connection.close();
    }

    /** The key in the bucket. */
    private String locate(String key) throws StorageException {
        String objectKey = keyStart + ObjectKey.requireSafe(key);
        if (objectKey.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
            throw new StorageException(
                    "object key '" + objectKey + "' is longer than " + MAX_KEY_BYTES
                            + " bytes; shorten storage.prefix or the key template",
                    false);
        }
        return objectKey;
    }
}
