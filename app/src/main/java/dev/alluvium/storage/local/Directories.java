package dev.alluvium.storage.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Directories that survive a power failure: on POSIX a new entry is durable only after its directory was fsynced. */
final class Directories {
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwxr-xr-x");

    private Directories() {}

    /** Creates the directory and its missing parents, 0755 less the umask, each durable before the next. */
    static void create(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            create(parent);
        }
        try {
            Files.createDirectory(directory, attributes(directory, MODE));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        if (parent != null) {
            sync(parent);
        }
    }

    /** Makes the entries of the directory durable. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Makes the entries of the directory and of all above it durable, up to the base. All of them, because a writer that
     * created one may have died before it synced it.
     */
    static void syncUpTo(Path base, Path directory) throws IOException {
        for (Path d = directory; d != null && d.startsWith(base); d = d.getParent()) {
            sync(d);
        }
    }

    /** The mode as creation attributes, none where the file system has no POSIX modes. */
    static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> mode) {
        boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)} : new FileAttribute<?>[0];
    }
}
