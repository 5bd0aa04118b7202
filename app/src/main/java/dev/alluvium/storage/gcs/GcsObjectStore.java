package dev.alluvium.storage.gcs;

import com.google.cloud.ReadChannel;
import com.google.cloud.WriteChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobGetOption;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobSourceOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.Storage.BlobWriteOption;
import dev.alluvium.storage.ContentType;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectKey;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.PutOutcome;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StoreProbe;
import dev.alluvium.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

/**
 * Objects in a bucket of Google Cloud Storage. A put carries {@code ifGenerationMatch=0}, which the store refuses if the
 * name is taken, and a CRC-32C, which it checks before an object appears. A file of up to 1 MiB goes in one request, a
 * larger one in chunks of a resumable upload: a chunk that broke off goes on from the byte that the store holds. An upload
 * that is given up leaves a session that nobody sees and that the store forgets within a week: there is nothing to abort.
 *
 * <p>A put that was repeated after a lost answer adopts the object as any other: the name is taken, by whomever.
 */
public final class GcsObjectStore implements ObjectStore {
    private static final long ONE_REQUEST_BYTES = 1 << 20;
    private static final long NEVER_ONE_REQUEST = -1;
    private static final int MAX_NAME_BYTES = 1024;
    private static final int FIRST_READ_BYTES = 64 << 10;
    private static final int PAGE_SIZE = 1000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(300);

    private final GcsClients clients;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "gcs-put");
        thread.setDaemon(true);
        return thread;
    });
    private final String bucket;
    private final String prefix;
    private final StorageSettings.Gcs settings;
    private final int pageSize;
    private final long oneRequestBytes;
    private final Failures failures;

    /**
     * @param oneRequestBytes larger files go in chunks
     */
    private GcsObjectStore(GcsClients clients, StorageSettings.Gcs settings, int pageSize, long oneRequestBytes) {
        this.clients = clients;
        this.bucket = settings.bucket();
        this.prefix = settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
        this.settings = settings;
        this.pageSize = pageSize;
        this.oneRequestBytes = oneRequestBytes;
        this.failures = new Failures(bucket, describe());
    }

    /**
     * Reads the credentials; the store itself is asked only by the first call.
     *
     * @throws StorageException not retryable, if there are no credentials
     */
    public static GcsObjectStore open(StorageSettings.Gcs settings) throws StorageException {
        return open(settings, PAGE_SIZE, FIRST_PAUSE);
    }

    /** As {@link #open}, with at most so many objects in a page of a listing, and another pause before a repeat. */
    static GcsObjectStore open(StorageSettings.Gcs settings, int pageSize, Duration firstPause)
            throws StorageException {
        return new GcsObjectStore(GcsClients.open(settings, firstPause), settings, pageSize, ONE_REQUEST_BYTES);
    }

    @Override
    public PutOutcome putIfAbsent(String key, Path file, Map<String, String> metadata) throws StorageException {
        BlobId id = locate(key);
        SourceFile source = SourceFile.of(key, file);
        BlobInfo wanted = BlobInfo.newBuilder(id)
                .setContentType(ContentType.of(key))
                .setCacheControl(ContentType.CACHE_CONTROL)
                .setMetadata(metadata)
                .setCrc32c(source.crc().base64())
                .build();
        BlobInfo written;
        try {
            written = interruptibly(
                    key, () -> source.size() <= oneRequestBytes ? create(wanted, source) : upload(wanted, source));
        } catch (StorageException e) {
            if (Failures.statusOf(e) == Failures.PRECONDITION_FAILED) {
                return new PutOutcome(false, takenBy(key));
            }
            throw e;
        }
        return new PutOutcome(true, requireSame(source, written));
    }

    /**
     * Sends on a thread of its own, because nothing interrupts the client while it waits for an answer. The thread that is
     * given up ends with its request's timeout, and begins no other: an interrupted one reads no more of the file.
     */
    private BlobInfo interruptibly(String key, Callable<BlobInfo> put) throws StorageException {
        Future<BlobInfo> answer;
        try {
            answer = threads.submit(put);
        } catch (RejectedExecutionException e) {
            throw new StorageException("cannot write " + key + ": " + describe() + " is closed", e, true);
        }
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted while writing " + key + " to " + describe(), e, true);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("writing " + key + " to " + describe() + " broke: " + e.getCause(), e);
        }
    }

    private BlobInfo create(BlobInfo wanted, SourceFile source) throws StorageException {
        List<BlobTargetOption> options = new ArrayList<>(List.of(
                BlobTargetOption.doesNotExist(),
                // The client would otherwise compress the request, which pages that are compressed only make longer.
                BlobTargetOption.disableGzipContent()));
        settings.kmsKey().map(BlobTargetOption::kmsKeyName).ifPresent(options::add);
        byte[] bytes = source.bytes();
        try {
            return clients.once().create(wanted, bytes, options.toArray(new BlobTargetOption[0]));
        } catch (RuntimeException e) {
            throw failures.of("write " + source.key(), e);
        }
    }

    private BlobInfo upload(BlobInfo wanted, SourceFile source) throws StorageException {
        List<BlobWriteOption> options =
                new ArrayList<>(List.of(BlobWriteOption.doesNotExist(), BlobWriteOption.crc32cMatch()));
        settings.kmsKey().map(BlobWriteOption::kmsKeyName).ifPresent(options::add);
        String attempt = "write " + source.key();
        WriteChannel channel;
        try {
            channel = clients.patient().writer(wanted, options.toArray(new BlobWriteOption[0]));
        } catch (RuntimeException e) {
            throw failures.of(attempt, e);
        }
        try {
            channel.setChunkSize(settings.chunkBytes());
            source.copyTo(channel);
            if (Thread.currentThread().isInterrupted()) {
                throw new StorageException("interrupted while writing " + source.key(), true);
            }
            // Closing is what publishes, so a channel that broke stays open; it holds nothing but memory.
            channel.close();
        } catch (IOException | RuntimeException e) {
            throw failures.ofSession(attempt, e);
        }
        // The channel keeps the store's answer to itself.
        return find(source.key(), wanted.getBlobId()).orElseThrow(() -> vanished(source.key()));
    }

    /** What the store says it holds, if that is what was sent; else the object is removed again. */
    private StoredObject requireSame(SourceFile source, BlobInfo written) throws StorageException {
        StoredObject object = stored(source.key(), written);
        if (object.size() == source.size()
                && object.checksum().equals(source.crc().checksum())) {
            return object;
        }
        String found = describe() + " holds " + object.size() + " bytes of " + object.checksum() + " as " + source.key()
                + ", and not the " + source.size() + " bytes of " + source.crc().checksum() + " that were sent";
        try {
            boolean isRemoved =
                    clients.once().delete(written.getBlobId(), BlobSourceOption.generationMatch(generationOf(written)));
            throw new StorageException(found + (isRemoved ? "; it was removed again" : "; it is gone again"), true);
        } catch (com.google.cloud.storage.StorageException e) {
            throw new StorageException(found + "; delete it", e, false);
        }
    }

    private static long generationOf(BlobInfo written) {
        Long generation = written.getGeneration();
        return generation == null ? 0 : generation;
    }

    private StoredObject takenBy(String key) throws StorageException {
        return stat(key).orElseThrow(() -> vanished(key));
    }

    private StorageException vanished(String key) {
        return new StorageException(key + " in " + describe() + " was deleted while it was put; try again", true);
    }

    @Override
    public Optional<StoredObject> stat(String key) throws StorageException {
        Optional<Blob> found = find(key, locate(key));
        return found.isEmpty() ? Optional.empty() : Optional.of(stored(key, found.get()));
    }

    private Optional<Blob> find(String key, BlobId id) throws StorageException {
        try {
            return Optional.ofNullable(clients.patient()
                    .get(
                            id,
                            BlobGetOption.fields(
                                    BlobField.NAME, BlobField.SIZE, BlobField.CRC32C, BlobField.GENERATION)));
        } catch (RuntimeException e) {
            throw failures.of("read " + key, e);
        }
    }

    private StoredObject stored(String key, BlobInfo blob) throws StorageException {
        Long size = blob.getSize();
        String crc = blob.getCrc32c();
        if (size == null || crc == null) {
            throw new StorageException(
                    describe() + " does not tell the size and crc32c of " + key + "; use another store", false);
        }
        try {
            return new StoredObject(key, size, Crc.ofBase64(crc).checksum());
        } catch (IllegalArgumentException e) {
            throw new StorageException(describe() + " tells no crc32c of " + key + ": " + crc, e, false);
        }
    }

    @Override
    public InputStream read(String key, long position, long length) throws StorageException {
        if (position < 0 || length < 0) {
            throw new IllegalArgumentException("not a range: " + length + " bytes from " + position);
        }
        BlobId id = locate(key);
        if (length == 0) {
            if (stat(key).isEmpty()) {
                throw new StorageException("no object " + key + " in " + describe(), false);
            }
            return InputStream.nullInputStream();
        }
        String attempt = "read " + key;
        try {
            ReadChannel channel = clients.once().reader(id);
            channel.setChunkSize(0); // no read-ahead: the ranges that are asked for are what is needed
            channel.seek(position);
            if (length <= Long.MAX_VALUE - position) {
                channel.limit(position + length);
            }
            return new ObjectStream(channel, attempt, failures, (int) Math.min(length, FIRST_READ_BYTES));
        } catch (IOException | RuntimeException e) {
            throw failures.of(attempt, e);
        }
    }

    @Override
    public Stream<ListedObject> list(String wanted) throws StorageException {
        ObjectKey.directoryOf(wanted);
        String attempt = "list " + wanted + "*";
        Iterator<Blob> blobs;
        try {
            blobs = clients.patient()
                    .list(
                            bucket,
                            BlobListOption.prefix(prefix + wanted),
                            BlobListOption.pageSize(pageSize),
                            BlobListOption.fields(BlobField.NAME, BlobField.SIZE))
                    .iterateAll()
                    .iterator();
        } catch (RuntimeException e) {
            throw failures.of(attempt, e);
        }
        return Stream.generate(() -> next(blobs, attempt))
                .takeWhile(Optional::isPresent)
                .map(Optional::get)
                .map(blob -> new ListedObject(
                        blob.getName().substring(prefix.length()),
                        Optional.ofNullable(blob.getSize()).orElse(0L)))
                .filter(object -> isOurs(object.key()));
    }

    /** Whether a listing shows the key: folder markers that consoles write are no objects here. */
    private static boolean isOurs(String key) {
        return !key.startsWith(ObjectKey.OWN_PREFIX) && !key.isEmpty() && !key.endsWith("/");
    }

    /** The next object of a listing, from the next page if need be. */
    private Optional<Blob> next(Iterator<Blob> blobs, String attempt) {
        try {
            return blobs.hasNext() ? Optional.of(blobs.next()) : Optional.empty();
        } catch (RuntimeException e) {
            throw new UncheckedIOException(failures.of(attempt, e));
        }
    }

    @Override
    public boolean delete(String key) throws StorageException {
        BlobId id = locate(key);
        try {
            return clients.once().delete(id);
        } catch (RuntimeException e) {
            throw failures.of("delete " + key, e);
        }
    }

    /** Probes both ways of a put: a stand-in may honour the precondition of one and forget it in the other. */
    @Override
    public void probe() throws StorageException {
        Path scratch = Path.of(System.getProperty("java.io.tmpdir"));
        StoreProbe.run(this, scratch);
        try (GcsObjectStore inChunks = new GcsObjectStore(clients, settings, pageSize, NEVER_ONE_REQUEST)) {
            StoreProbe.run(inChunks, scratch);
        }
    }

    @Override
    public String describe() {
        return prefix.isEmpty() ? "gs://" + bucket : "gs://" + bucket + "/" + prefix.substring(0, prefix.length() - 1);
    }

    /** Ends puts that are under way. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private BlobId locate(String key) throws StorageException {
        String name = prefix + ObjectKey.requireSafe(key);
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new StorageException(
                    "unsafe object key '" + key + "': with storage.prefix it is longer than " + MAX_NAME_BYTES
                            + " bytes; shorten one of them",
                    false);
        }
        return BlobId.of(bucket, name);
    }
}
