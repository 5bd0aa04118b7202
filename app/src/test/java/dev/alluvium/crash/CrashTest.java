package dev.alluvium.crash;

import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No crash loses or doubles a record: see docs/crash-test.md. {@code -Dalluvium.crash=long} runs it for long ({@code
 * -Dalluvium.crash.rounds=N}), {@code -Dalluvium.crash.seed=N} with another seed.
 */
class CrashTest {
    @Test
    void everyCommittedRecordIsArchivedExactlyOnceWhateverDies(@TempDir Path folder) throws Exception {
        long seed = CrashRun.seed();
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
                Arena arena = new Arena(broker, folder, "crash", CrashRun.PIPELINES, seed)) {
            CrashRun.run(arena, seed);
        }
    }
}
