package dev.alluvium.crash;

import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.storage.s3.S3ProxyServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@link CrashTest}, with the archive in a bucket of an S3 server. The checker reads the files that the server keeps
 * its objects in: it shares no code with the store that is tried.
 */
class S3CrashTest {
    @Test
    void everyCommittedRecordIsArchivedExactlyOnceWhateverDies(@TempDir Path folder) throws Exception {
        long seed = CrashRun.seed();
        try (S3ProxyServer server = S3ProxyServer.start(folder.resolve("s3"));
                EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
                Arena arena = new Arena(
                        broker,
                        folder,
                        "s3-crash",
                        CrashRun.PIPELINES,
                        seed,
                        server.createBucket("archive"),
                        server.endpoint())) {
            CrashRun.run(arena, seed);
        }
    }
}
