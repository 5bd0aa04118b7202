package dev.alluvium.cli;

import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.storage.gcs.GcsServer;
import dev.alluvium.storage.s3.S3ProxyServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same as {@link BucketContainerIT}, without containers. */
class BucketIT {
    @TempDir
    static Path brokerFolder;

    @TempDir
    Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(brokerFolder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void archivesIntoABucketOfS3() throws Exception {
        try (S3ProxyServer store = S3ProxyServer.start(folder.resolve("s3"))) {
            store.createBucket("archive");
            scenario("into-s3", """
                    { type: s3, bucket: archive, endpoint: "%s", pathStyle: true, region: us-east-1, \
                    credentials: { accessKey: "%s", secretKey: "%s" } }""".formatted(store.endpoint(), store.accessKey(), store.secretKey()))
                    .archivesEveryDeltaOnce();
        }
    }

    @Test
    void archivesIntoABucketOfGoogleCloudStorage() throws Exception {
        try (GcsServer store = GcsServer.start("archive")) {
            Path key = store.writeKey(folder.resolve("key.json"));
            scenario(
                            "into-gcs",
                            "{ type: gcs, bucket: archive, prefix: a/b, endpoint: \"%s\", credentials: \"%s\" }"
                                    .formatted(store.endpoint(), key))
                    .archivesEveryDeltaOnce();
        }
    }

    private BucketScenario scenario(String name, String storage) throws Exception {
        return new BucketScenario(folder, broker.bootstrapServers(), name, storage);
    }
}
