package dev.alluvium.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.storage.StorageSettings.Gcs;
import dev.alluvium.storage.StorageSettings.Gcs.Account;
import dev.alluvium.storage.StorageSettings.Gcs.Waits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GcsBinderTest {
    private static final Gcs SHORTEST = new Gcs(
            "my-archive",
            "",
            Optional.empty(),
            new Account.OfEnvironment(),
            Optional.empty(),
            8 << 20,
            Optional.empty(),
            new Waits(Duration.ofSeconds(10), Duration.ofSeconds(60)));

    @Test
    void needsNothingButABucket() throws Exception {
        assertThat(StorageSection.bind("{ type: gcs, bucket: my-archive }")).isEqualTo(SHORTEST);
    }

    @Test
    void bindsEveryKey() throws Exception {
        assertThat(StorageSection.bind("""
                {
                  type: gcs, bucket: my-archive, prefix: a/b, project: billed, credentials: /run/secrets/gcs.json,
                  endpoint: "https://gcs.example.com:8443", chunk: 16 MiB,
                  kmsKey: projects/p/locations/eu/keyRings/r/cryptoKeys/k, timeouts: { connect: 1s, read: 2s }
                }"""))
                .isEqualTo(new Gcs(
                        "my-archive",
                        "a/b",
                        Optional.of("billed"),
                        new Account.OfFile(Path.of("/run/secrets/gcs.json")),
                        Optional.of(URI.create("https://gcs.example.com:8443")),
                        16 << 20,
                        Optional.of("projects/p/locations/eu/keyRings/r/cryptoKeys/k"),
                        new Waits(Duration.ofSeconds(1), Duration.ofSeconds(2))));
    }

    @Test
    void asksForNoCredentialsOfAStandIn() throws Exception {
        assertThat(StorageSection.bind(
                        "{ type: gcs, bucket: abc, credentials: none, endpoint: \"http://127.0.0.1:4443\" }"))
                .isInstanceOfSatisfying(
                        Gcs.class, gcs -> assertThat(gcs.account()).isEqualTo(new Account.Nobody()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "prefix: a | storage.bucket: missing",
                "bucket: My_Bucket | storage: bucket is no name of a bucket: 3 to 222 of a-z 0-9 . _ -",
                "bucket: abc, path: a | storage.path: unknown key;",
                "bucket: abc, prefix: a/.. | storage: prefix must be segments between slashes, without one at either end",
                "bucket: abc, project: a b | storage: project is no id of a project",
                "bucket: abc, credentials: none | storage: credentials: none needs an endpoint",
                "bucket: abc, credentials: '' | storage.credentials: \"\" is not a path",
                "bucket: abc, endpoint: 'localhost:4443' | storage: endpoint must be scheme, host and port",
                "bucket: abc, endpoint: 'http://a/storage/v1' | storage: endpoint must be scheme, host and port",
                "bucket: abc, endpoint: 'http://a b' | storage.endpoint: \"http://a b\" is not an address;",
                "bucket: abc, chunk: 1 MB | storage: chunk must be a multiple of 256 KiB, 64 MiB at most",
                "bucket: abc, chunk: 65 MiB | storage.chunk: \"65 MiB\" is not a size from 256 KiB to 64 MiB",
                "bucket: abc, kmsKey: k | storage: kmsKey must be projects/P/locations/L/keyRings/R/cryptoKeys/K",
                "bucket: abc, timeouts: { read: 1ms } | storage.timeouts: timeouts must be 100 ms to 24 h, not PT0.001S",
            })
    void saysWhatIsWrongAndWhere(String keys, String message) {
        assertThat(StorageSection.problemsOf("{ type: gcs, " + keys + " }")).contains(message);
    }
}
