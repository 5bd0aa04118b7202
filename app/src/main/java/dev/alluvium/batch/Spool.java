package dev.alluvium.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder where files grow until they are uploaded: of one process alone, emptied when it is opened, readable by
 * its owner only, and with a limit to its bytes. Thread safe.
 */
public final class Spool implements AutoCloseable {
    private static final String LOCK = ".lock";
    private static final String SETTING = "spool.path";
    /** What must be free at least: less than this is no room to work in. */
    private static final long LEAST_ROOM_BYTES = 1 << 20;

    private static final int ZEROS_BYTES = 64 << 10;

    /**
     * Files that may wait for their upload, however small. Each costs some kilobytes of heap and a cut in the ledger, whose
     * entry of a group is one record of at most 1 MB.
     */
    private static final int MAX_SEALED_FILES = 1000;

    private final Path directory;
    private final long limitBytes;
    private final FileChannel lockChannel;
    private final AtomicLong names = new AtomicLong();
    private final AtomicLong openBytes = new AtomicLong();
    private final AtomicLong sealedBytes = new AtomicLong();
    private final AtomicLong sealedFiles = new AtomicLong();
    private volatile long roomBytes;
    private volatile long neededBytes = LEAST_ROOM_BYTES;
    private volatile @Nullable String trouble;

    /** A file on the spool. Its writer tells how large it is; whoever is done with it releases it. */
    public final class Slot {
        private final Path path;
        private long bytes;
        private boolean isSealed;
        private boolean isReleased;

        private Slot(Path path) {
            this.path = path;
        }

        public Path path() {
            return path;
        }

        /** Accounts for the file's size, before it is written where that is known. */
        public synchronized void resize(long newBytes) {
            (isSealed ? sealedBytes : openBytes).addAndGet(newBytes - bytes);
            bytes = newBytes;
        }

        /** The file is complete and waits for its upload. */
        public synchronized void seal() {
            if (!isSealed) {
                isSealed = true;
                openBytes.addAndGet(-bytes);
                sealedBytes.addAndGet(bytes);
                sealedFiles.incrementAndGet();
            }
        }

        /** Deletes the file, if there is one, and gives its bytes back. A repeat does nothing. */
        public synchronized void release() throws IOException {
            if (isReleased) {
                return;
            }
            Files.deleteIfExists(path);
            resize(0);
            isReleased = true;
            if (isSealed) {
                sealedFiles.decrementAndGet();
            }
        }
    }

    private Spool(Path directory, long limitBytes, FileChannel lockChannel) {
        this.directory = directory;
        this.limitBytes = limitBytes;
        this.lockChannel = lockChannel;
        this.roomBytes = limitBytes;
        this.neededBytes = Math.min(LEAST_ROOM_BYTES, limitBytes);
    }

    /**
     * Takes the folder, creates it if need be, and deletes what an earlier process left there: the ledger knows how to
     * make it again.
     *
     * @throws IOException if another process holds the folder, or it cannot be written; the message names the setting
     */
    public static Spool open(Path directory, long limitBytes) throws IOException {
        FileChannel channel = lockChannel(directory);
        try {
            if (tryLock(channel) == null) {
                throw new IOException(SETTING + ": " + directory
                        + " is in use by another process; give every process a spool of its own");
            }
            Spool spool = new Spool(directory, limitBytes, channel);
            spool.takeAll();
            return spool;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel lockChannel(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
            return FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException(DiskFault.line(SETTING, directory, e), e);
        }
    }

    private void takeAll() throws IOException {
        try {
            empty(directory);
            requireWritable();
        } catch (SpoolException e) {
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(DiskFault.line(SETTING, directory, e), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    private static void empty(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.equals(directory.resolve(LOCK))) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                if (!folder.equals(directory)) {
                    Files.delete(folder);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** A new file; its name was never used by this process. */
    public Slot newSlot() {
        return new Slot(directory.resolve(names.incrementAndGet() + ".parquet"));
    }

    // ---- the disk --------------------------------------------------------------------------------------------------

    /** Looks how much the disk has left: if that is less than the limit allows, it is the limit. */
    public void measure() {
        try {
            roomBytes = Math.min(
                    limitBytes, usedBytes() + Files.getFileStore(directory).getUsableSpace());
        } catch (IOException e) {
            roomBytes = limitBytes; // whoever writes next learns what is wrong
        }
    }

    /**
     * Notes that a file of the spool could not be written.
     *
     * @param bytes that were to be written; as much must be free before {@link #requireWritable} is content
     * @return the exception to throw
     */
    SpoolException fault(IOException e, long bytes) {
        String line = DiskFault.line(SETTING, directory, e);
        trouble = line;
        neededBytes = Math.max(Math.min(LEAST_ROOM_BYTES, limitBytes), Math.min(bytes, limitBytes));
        return new SpoolException(line, e);
    }

    /**
     * Writes as much as the last fault was about, and deletes it again: after this the trouble is over.
     *
     * @throws SpoolException if the spool still does not take it
     */
    public void requireWritable() {
        Path file = newSlot().path();
        long bytes = neededBytes;
        try {
            try {
                fill(file, bytes);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw fault(e, bytes);
        }
        trouble = null;
    }

    private static void fill(Path file, long bytes) throws IOException {
        byte[] zeros = new byte[ZEROS_BYTES];
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            for (long left = bytes; left > 0; left -= zeros.length) {
                out.write(zeros, 0, (int) Math.min(left, zeros.length));
            }
        }
    }

    /** Why nothing can be written now; empty if all is well. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    // ---- how full it is --------------------------------------------------------------------------------------------

    /** Bytes of all files. */
    public long usedBytes() {
        return openBytes.get() + sealedBytes.get();
    }

    /** Bytes of the files that wait for their upload. */
    public long sealedBytes() {
        return sealedBytes.get();
    }

    public long limitBytes() {
        return limitBytes;
    }

    /** Whether uploads fall behind: time to stop reading. */
    public boolean isBacklogHigh() {
        return sealedBytes.get() >= roomBytes / 2 || sealedFiles.get() >= MAX_SEALED_FILES;
    }

    /** Whether uploads have caught up: time to read on. */
    public boolean isBacklogLow() {
        return sealedBytes.get() <= roomBytes / 4 && sealedFiles.get() <= MAX_SEALED_FILES / 2;
    }

    /** Whether open files must be cut, so that uploads can make room. */
    public boolean isCrowded() {
        return usedBytes() >= roomBytes - roomBytes / 4;
    }

    /** Whether nothing more may be written. */
    public boolean isFull() {
        return usedBytes() >= roomBytes;
    }

    @Override
    public void close() throws IOException {
        lockChannel.close();
    }
}
