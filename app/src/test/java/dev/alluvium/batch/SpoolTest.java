package dev.alluvium.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final long LIMIT = 1 << 20;

    @TempDir
    Path folder;

    private static Spool.Slot sealed(Spool spool, long bytes) throws IOException {
        Spool.Slot slot = spool.newSlot();
        Files.createFile(slot.path());
        slot.resize(bytes);
        slot.seal();
        return slot;
    }

    @Test
    void fallsBehindByTheBytesThatWait() throws IOException {
        try (Spool spool = Spool.open(folder, LIMIT)) {
            Spool.Slot first = sealed(spool, LIMIT / 4);
            assertThat(spool.isBacklogHigh()).isFalse();
            Spool.Slot second = sealed(spool, LIMIT / 4);
            assertThat(spool.isBacklogHigh()).isTrue();
            assertThat(spool.isBacklogLow()).isFalse();

            first.release();

            assertThat(spool.isBacklogLow()).isTrue();
            assertThat(first.path()).doesNotExist();
            second.release();
            assertThat(spool.usedBytes()).isZero();
        }
    }

    @Test
    void fallsBehindByTheNumberOfFilesThatWait() throws IOException {
        try (Spool spool = Spool.open(folder, LIMIT)) {
            List<Spool.Slot> slots = new ArrayList<>();
            while (!spool.isBacklogHigh() && slots.size() < 10_000) {
                slots.add(sealed(spool, 1));
            }
            assertThat(slots).hasSize(1000);

            for (Spool.Slot slot : slots.subList(0, 500)) {
                assertThat(spool.isBacklogLow()).isFalse();
                slot.release();
            }

            assertThat(spool.isBacklogLow()).isTrue();
        }
    }

    @Test
    void givesAFileBackOnce() throws IOException {
        try (Spool spool = Spool.open(folder, LIMIT)) {
            Spool.Slot slot = sealed(spool, 10);
            Spool.Slot other = sealed(spool, 7);

            slot.release();
            slot.release();

            assertThat(spool.usedBytes()).isEqualTo(7);
            other.release();
        }
    }

    @Test
    void takesTheDisksFreeSpaceForItsLimitWhereThatIsLess() throws Exception {
        try (SmallDisk disk = SmallDisk.of(folder.resolve("small"), 4096);
                Spool spool = Spool.open(disk.folder(), 1L << 40)) {
            Spool.Slot slot = sealed(spool, 1 << 20);
            spool.measure();
            assertThat(spool.isBacklogHigh()).isFalse();
            assertThat(spool.isFull()).isFalse();

            disk.fill();
            spool.measure();
            assertThat(spool.isBacklogHigh()).isTrue();
            assertThat(spool.isFull()).isTrue();

            disk.free();
            spool.measure();
            assertThat(spool.isBacklogLow()).isTrue();
            slot.release();
        }
    }

    @Test
    void saysThatNothingCanBeWrittenUntilSomethingCan() throws Exception {
        try (SmallDisk disk = SmallDisk.of(folder.resolve("small"), 4096);
                Spool spool = Spool.open(disk.folder(), 1L << 40)) {
            disk.fill();
            assertThatThrownBy(spool::requireWritable)
                    .isInstanceOf(SpoolException.class)
                    .hasMessage("spool.path: cannot write to " + disk.folder()
                            + ": No space left on device; free or add space");
            assertThat(spool.trouble()).isPresent();

            disk.free();
            spool.requireWritable();
            assertThat(spool.trouble()).isEmpty();
            assertThat(disk.folder()).isDirectoryNotContaining("glob:**.parquet");
        }
    }
}
