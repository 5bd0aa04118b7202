package dev.alluvium.batch;

import java.io.IOException;
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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder where files grow until they are uploaded: of one process alone, emptied when it is opened, readable by
 * its owner only, and with a limit to its bytes. Thread safe.
 */
public final class Spool implements AutoCloseable {
    private static final String LOCK = ".lock";

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
    }

    /**
     * Takes the folder, creates it if need be, and deletes what an earlier process left there: the ledger knows how to
     * make it again.
     *
     * @throws IOException if another process holds the folder, or it cannot be written
     */
    public static Spool open(Path directory, long limitBytes) throws IOException {
        Files.createDirectories(directory);
        if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
        FileChannel channel =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            channel.close();
            throw new IOException("spool.path: " + directory
                    + " is in use by another process; give every process a spool of its own");
        }
        empty(directory);
        return new Spool(directory, limitBytes, channel);
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
        return sealedBytes.get() >= limitBytes / 2 || sealedFiles.get() >= MAX_SEALED_FILES;
    }

    /** Whether uploads have caught up: time to read on. */
    public boolean isBacklogLow() {
        return sealedBytes.get() <= limitBytes / 4 && sealedFiles.get() <= MAX_SEALED_FILES / 2;
    }

    /** Whether open files must be cut, so that uploads can make room. */
    public boolean isCrowded() {
        return usedBytes() >= limitBytes - limitBytes / 4;
    }

    /** Whether nothing more may be written. */
    public boolean isFull() {
        return usedBytes() >= limitBytes;
    }

    @Override
    public void close() throws IOException {
        lockChannel.close();
    }
}
