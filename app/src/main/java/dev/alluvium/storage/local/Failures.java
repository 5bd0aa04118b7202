package dev.alluvium.storage.local;

import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Turns what the file system says into what an operator can do, and whether waiting can help. */
final class Failures {
    private final Path base;

    Failures(Path base) {
        this.base = base;
    }

    /** The exception for an attempt ("write a/b.parquet") that the file system refused. */
    StorageException of(String attempt, IOException e) {
        if (e instanceof StorageException known) {
            return known;
        }
        String what = "cannot " + attempt + " in file:" + base + " (storage.path): ";
        if (e instanceof AccessDeniedException) {
            return permanent(
                    what + "no permission for " + path(e) + "; let this process's user read and write there", e);
        }
        if (e instanceof NoSuchFileException) {
            return permanent(what + path(e) + " does not exist; is the file system mounted?", e);
        }
        if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
            return permanent(what + path(e) + " is in the way and no directory; move it or change the key", e);
        }
        if (isReadOnly()) {
            return permanent(what + "the file system is read-only; mount it writable", e);
        }
        if (isFull(e)) {
            return new StorageException(what + reason(e) + "; free or add space", e, true);
        }
        return new StorageException(what + reason(e) + "; check the disk and the system log", e, true);
    }

    /** The exception for a hard link that failed other than by finding its name taken. */
    StorageException ofLink(String key, FileSystemException e) {
        String reason = reason(e);
        boolean isUnsupported = reason.contains("not permitted")
                || reason.contains("not supported")
                || reason.contains("not implemented")
                || reason.contains("cross-device");
        return isUnsupported && !isReadOnly() ? noLinks(key, e) : of("publish " + key, e);
    }

    StorageException noLinks(String key, Exception e) {
        String message = "cannot publish " + key + " in file:" + base + " by a hard link: " + e
                + "; put the whole directory on one file system that has hard links (not FAT, exFAT or most FUSE mounts):"
                + " nothing else publishes a file whole and never replaces one";
        return new StorageException(message, e, false);
    }

    private static StorageException permanent(String message, IOException e) {
        return new StorageException(message, e, false);
    }

    private static boolean isFull(IOException e) {
        String reason = reason(e);
        return reason.contains("No space") || reason.contains("quota");
    }

    private boolean isReadOnly() {
        Path present = base; // the base itself may be what could not be created
        while (present.getParent() != null && !Files.exists(present)) {
            present = present.getParent();
        }
        try {
            return Files.getFileStore(present).isReadOnly();
        } catch (IOException e) {
            return false; // the failure that is being translated says more than this one
        }
    }

    private static String path(IOException e) {
        return e instanceof FileSystemException f && f.getFile() != null ? f.getFile() : String.valueOf(e.getMessage());
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.toString() : reason;
    }
}
