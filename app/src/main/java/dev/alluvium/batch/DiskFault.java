package dev.alluvium.batch;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What a file system's refusal means to an operator. */
public final class DiskFault {
    private DiskFault() {}

    /**
     * One line: the setting, the folder, why nothing can be written there, and what to do.
     *
     * @param setting whose folder it is, {@code spool.path}
     */
    public static String line(String setting, Path folder, IOException fault) {
        IOException e = innermost(fault);
        String what = setting + ": cannot write to " + folder + ": ";
        if (e instanceof AccessDeniedException) {
            return what + "no permission; let this process's user write there, or name another folder";
        }
        if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
            return what + path(e) + " is in the way and no directory; move it, or name another folder";
        }
        if (e instanceof NoSuchFileException) {
            return what + path(e) + " is gone; is the file system mounted?";
        }
        String reason = reason(e);
        if (reason.contains("Read-only")) {
            return what + "the file system is read-only; mount it writable, or name another folder";
        }
        if (reason.contains("Not a directory")) {
            return what + "a part of the path is no directory; move it, or name another folder";
        }
        if (reason.contains("No space") || reason.contains("quota") || reason.contains("too large")) {
            return what + reason + "; free or add space";
        }
        return what + reason + "; check the disk and the system log";
    }

    /** Those around it only add which file was written. */
    private static IOException innermost(IOException fault) {
        IOException innermost = fault;
        for (Throwable t = fault.getCause(); t != null; t = t.getCause()) {
            if (t instanceof IOException io) {
                innermost = io;
            }
        }
        return innermost;
    }

    private static String path(IOException e) {
        return e instanceof FileSystemException f && f.getFile() != null ? f.getFile() : reason(e);
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.toString() : reason;
    }
}
