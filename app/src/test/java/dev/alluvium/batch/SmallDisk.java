package dev.alluvium.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;

/**
 * File systems that say no: mounted where that is allowed. Where it is not, a read-only folder is one of the system's,
 * or one without permission.
 */
public final class SmallDisk implements AutoCloseable {
    private final Path folder;
    private final boolean isMounted;

    private SmallDisk(Path folder, boolean isMounted) {
        this.folder = folder;
        this.isMounted = isMounted;
    }

    /** A disk of some bytes; a test that needs one and may not mount is skipped. */
    public static SmallDisk of(Path folder, int kibibytes) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        if (!mount(folder, "size=" + kibibytes + "k,mode=0777")) {
            Assumptions.abort("cannot mount a tmpfs on " + folder + "; run as root with CAP_SYS_ADMIN");
        }
        return new SmallDisk(folder, true);
    }

    /** A folder in which nobody can write, whoever runs this. */
    public static SmallDisk readOnly(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        if (mount(folder, "ro")) {
            return new SmallDisk(folder, true);
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-x------"));
        if (!Files.isWritable(folder)) {
            return new SmallDisk(folder, false);
        }
        for (FileStore store : FileSystems.getDefault().getFileStores()) {
            Path mountPoint = Path.of(store.toString().replaceFirst(" \\(.*\\)$", ""));
            if (store.isReadOnly() && Files.isDirectory(mountPoint)) {
                return new SmallDisk(mountPoint, false);
            }
        }
        throw new IOException("no file system here is read-only");
    }

    private static boolean mount(Path folder, String options) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            System.err.println("cannot mount: " + said);
            return false;
        }
        return true;
    }

    public Path folder() {
        return folder;
    }

    /** What a message says of it if it is {@link #readOnly}. */
    public String refusal() {
        return isMounted ? "the file system is read-only" : "no permission";
    }

    /** Takes all that is left. */
    public void fill() throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(folder.resolve("ballast"))) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space")) {
                throw e;
            }
        }
    }

    /** Gives it back. */
    public void free() throws IOException {
        Files.delete(folder.resolve("ballast"));
    }

    @Override
    public void close() throws IOException {
        if (!isMounted) {
            return;
        }
        try {
            // Lazily: a process that was killed a moment ago may still hold it.
            new ProcessBuilder("umount", "-l", folder.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
