package dev.alluvium.storage.gcs;

import com.google.api.gax.retrying.RetrySettings;
import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.storage.HttpStorageOptions;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.Gcs.Account;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Two clients of one account, over JSON and HTTP. Whoever uploads tries again for ever, so neither tries for long.
 *
 * @param patient tries a few times, for what may be repeated unseen: questions, and the steps of a resumable upload
 * @param once never tries again by itself, for what may not: a put that succeeded and lost its answer would find its own
 *     object in the way
 */
record GcsClients(Storage patient, Storage once) {
    /** Reading, writing and deleting objects, and no other thing of the account's. */
    private static final List<String> SCOPES = List.of("https://www.googleapis.com/auth/devstorage.read_write");

    /**
     * Reads the credentials, and does not use them yet.
     *
     * @param firstPause before the patient client's first repeat; it makes three, with pauses that double
     * @throws StorageException not retryable, if there are none or their file is none
     */
    static GcsClients open(StorageSettings.Gcs settings, Duration firstPause) throws StorageException {
        HttpStorageOptions.Builder builder = StorageOptions.http()
                // The client would otherwise look for a project, also on a metadata server; objects need none.
                .setProjectId(settings.project().orElse(settings.bucket()))
                .setCredentials(credentials(settings.account()))
                .setTransportOptions(new Transport(settings.waits()));
        settings.project().ifPresent(builder::setQuotaProjectId);
        settings.endpoint().map(URI::toString).ifPresent(builder::setHost);
        return new GcsClients(
                builder.setRetrySettings(aFewTimes(firstPause)).build().getService(),
                builder.setStorageRetryStrategy(new NeverAgain()).build().getService());
    }

    private static RetrySettings aFewTimes(Duration firstPause) {
        return RetrySettings.newBuilder()
                .setMaxAttempts(4)
                .setInitialRetryDelayDuration(firstPause)
                .setRetryDelayMultiplier(2)
                .setMaxRetryDelayDuration(firstPause.multipliedBy(4))
                .setTotalTimeoutDuration(Duration.ofMinutes(10))
                .build();
    }

    private static Credentials credentials(Account wanted) throws StorageException {
        if (wanted instanceof Account.OfFile file) {
            return ofFile(file.path());
        }
        return wanted instanceof Account.Nobody
                ? NoCredentials.getInstance()
                : ofEnvironment(GoogleCredentials::getApplicationDefault);
    }

    private static Credentials ofFile(Path path) throws StorageException {
        try (InputStream in = Files.newInputStream(path)) {
            return GoogleCredentials.fromStream(in).createScoped(SCOPES);
        } catch (IOException | RuntimeException e) { // the library's parsers throw what they stumble over
            // The cause is left out: a parser's message may quote the file, which is a secret.
            throw new StorageException(
                    "cannot use " + path + " as storage.credentials (" + kindOf(e)
                            + "): it must be readable and hold the JSON of a service account's key or of workload"
                            + " identity federation",
                    false);
        }
    }

    private static String kindOf(Exception e) {
        return e.getClass().getSimpleName();
    }

    /** What finds application default credentials. */
    interface Environment {
        GoogleCredentials credentials() throws IOException;
    }

    /** The credentials of the environment, or one line on how to have some; that quotes no file either. */
    static Credentials ofEnvironment(Environment environment) throws StorageException {
        try {
            return environment.credentials().createScoped(SCOPES);
        } catch (IOException | RuntimeException e) {
            throw new StorageException(
                    "no application default credentials for Google Cloud (" + kindOf(e)
                            + "): set storage.credentials to a"
                            + " JSON file, or GOOGLE_APPLICATION_CREDENTIALS to one that is readable and whole, or log in"
                            + " with gcloud auth application-default login, or run under a service account",
                    false);
        }
    }
}
