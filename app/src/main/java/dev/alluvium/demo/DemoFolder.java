package dev.alluvium.demo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a demo, emptied of what an earlier demo left. A mark in it says whose it is, so that nobody loses files
 * to a mistyped name; a lock on the mark keeps a second demo out while this one runs.
 */
final class DemoFolder implements AutoCloseable {
    private static final String MARK = ".alluvium-demo";

    private final Path dir;
    private final FileChannel mark;

    private DemoFolder(Path dir, FileChannel mark) {
        this.dir = dir;
        this.mark = mark;
    }

    /** Takes the folder, makes it if it is missing, and deletes what an earlier demo left in it. */
    static DemoFolder take(Path folder) throws IOException, RefusedException {
        Path dir = folder.toAbsolutePath().normalize();
        if (Files.exists(dir) && !Files.isDirectory(dir)) {
            throw new RefusedException(folder + " is not a folder; choose another with --dir");
        }
        Files.createDirectories(dir);
        if (!Files.exists(dir.resolve(MARK)) && !isEmpty(dir)) {
            throw new RefusedException(
                    folder + " is not empty and not the folder of a demo; choose another with --dir");
        }
        FileChannel mark = FileChannel.open(dir.resolve(MARK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock(mark) == null) {
            mark.close();
            throw new RefusedException("another demo is at work in " + folder + "; choose another with --dir");
        }
        DemoFolder taken = new DemoFolder(dir, mark);
        delete(taken.archive());
        taken.deleteScaffold();
        return taken;
    }

    /** The folder is not the demo's to use; the message says what to do. */
    static final class RefusedException extends Exception {
        RefusedException(String message) {
            super(message);
        }
    }

    Path archive() {
        return dir.resolve("archive");
    }

    Path broker() {
        return dir.resolve("broker");
    }

    Path work() {
        return dir.resolve("work");
    }

    /** Deletes all but the archive. */
    void deleteScaffold() throws IOException {
        delete(broker());
        delete(work());
    }

    @Override
    public void close() throws IOException {
        mark.close();
    }

    private static @Nullable FileLock lock(FileChannel mark) throws IOException {
        try {
            return mark.tryLock();
        } catch (OverlappingFileLockException heldInThisProcess) {
            return null;
        }
    }

    private static boolean isEmpty(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.findAny().isEmpty();
        }
    }

    /** Does not follow links. */
    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
