package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DiskFaultTest {
    @Test
    void saysWhatToDo() {
        assertThat(line(new AccessDeniedException("/s/1")))
                .isEqualTo("spool.path: cannot write to /s: no permission; let this process's user write there, or name"
                        + " another folder");
        assertThat(line(new FileAlreadyExistsException("/s")))
                .isEqualTo("spool.path: cannot write to /s: /s is in the way and no directory; move it, or name another"
                        + " folder");
        assertThat(line(new NoSuchFileException("/s/1")))
                .isEqualTo("spool.path: cannot write to /s: /s/1 is gone; is the file system mounted?");
        assertThat(line(new FileSystemException("/s/1", null, "Read-only file system")))
                .isEqualTo("spool.path: cannot write to /s: the file system is read-only; mount it writable, or name"
                        + " another folder");
        assertThat(line(new FileSystemException("/s/1", null, "Input/output error")))
                .isEqualTo("spool.path: cannot write to /s: Input/output error; check the disk and the system log");
    }

    @Test
    void looksForTheInnermostCause() {
        assertThat(line(new IOException("data file /s/1", new IOException("No space left on device"))))
                .isEqualTo("spool.path: cannot write to /s: No space left on device; free or add space");
    }

    private static String line(IOException e) {
        return DiskFault.line("spool.path", Path.of("/s"), e);
    }
}
