package dev.alluvium.storage.gcs;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.auth.oauth2.GoogleCredentials;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.Gcs.Account;
import dev.alluvium.storage.StorageSettings.Gcs.Waits;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GcsClientsTest {
    private static final String BROKEN = "{ \"type\": \"s3cret\", ";
    private static final String NO_AUDIENCE = """
            {
              "type": "external_account", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
              "token_url": "https://sts.googleapis.com/v1/token", "credential_source": { "file": "/run/s3cret" }
            }""";
    private static final String NO_SOURCE = """
            {
              "type": "external_account", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
              "token_url": "https://sts.googleapis.com/v1/token", "audience": "s3cret"
            }""";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{ \"type\": 5 }",
                "{ \"type\": \"s3cret\" }",
                "{ \"type\": \"service_account\", \"private_key\": \"s3cret\" }",
                "{ \"type\": \"external_account\" }",
                NO_AUDIENCE,
                NO_SOURCE,
                BROKEN
            })
    void saysInOneLineThatCredentialsAreNone(String json, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key.json"), json);

        assertRefused(() -> GcsClients.open(settings(file), Duration.ofMillis(5)));
        assertRefused(() -> GcsClients.ofEnvironment(
                () -> GoogleCredentials.fromStream(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)))));
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(call)
                .withMessageContaining("storage.credentials")
                .withMessageNotContaining("s3cret")
                .withMessageNotContaining("\n")
                .withNoCause()
                .matches(e -> !e.isRetryable(), "is not retryable");
    }

    private static StorageSettings.Gcs settings(Path key) {
        return new StorageSettings.Gcs(
                "my-archive",
                "",
                Optional.empty(),
                new Account.OfFile(key),
                Optional.empty(),
                StorageSettings.Gcs.DEFAULT_CHUNK_BYTES,
                Optional.empty(),
                Waits.DEFAULT);
    }
}
