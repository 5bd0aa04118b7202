package dev.alluvium.config;

import dev.alluvium.storage.StorageSettings.Gcs;
import dev.alluvium.storage.StorageSettings.Gcs.Account;
import dev.alluvium.storage.StorageSettings.Gcs.Waits;
import java.net.URI;
import java.time.Duration;

/** The keys of a bucket of Google Cloud Storage, besides those of every bucket. */
final class GcsKeys {
    /** The word for no credentials; a file of that name is {@code ./none}. */
    private static final String ANONYMOUS = "none";

    static final Key<String> PROJECT = Key.optional(
            "project",
            Syntax.text(),
            "that of the credentials",
            "Is billed for the requests, and its quota counts. A bucket whose requester pays needs it");

    static final Key<Account> CREDENTIALS = Key.optional(
            "credentials",
            Form.of("path, or `none`", GcsKeys::account),
            "application default credentials: `GOOGLE_APPLICATION_CREDENTIALS`, gcloud's login, the service account of the"
                    + " machine or pod",
            "A JSON file: the key of a service account, or the configuration of workload identity federation. Read once at"
                    + " the start; tokens renew themselves. `none` for a stand-in that does not ask, and only with an"
                    + " `endpoint`");

    static final Key<URI> ENDPOINT = BucketKeys.endpoint(
            "Google's",
            "Scheme, host and port of a private endpoint or a stand-in",
            "https://storage.example.com:9000");

    static final Key<Long> CHUNK = Key.of(
            "chunk",
            SizeSyntax.between(Gcs.CHUNK_UNIT_BYTES, Gcs.MAX_CHUNK_BYTES),
            (long) Gcs.DEFAULT_CHUNK_BYTES,
            "What one request of a resumable upload carries, a multiple of 256 KiB. `uploads.threads` times this lies on the"
                    + " Java heap, outside `memory.budget`; a smaller one is slower, a larger one loses more when a"
                    + " connection breaks");

    static final Key<String> KMS_KEY = Key.optional(
            "kmsKey",
            Syntax.text(),
            "as the bucket says",
            "Encrypts new objects: `projects/P/locations/L/keyRings/R/cryptoKeys/K`. The project's storage service agent"
                    + " needs the role `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it");

    static final Key<Duration> TIMEOUT_CONNECT =
            Key.of("connect", DurationSyntax.DURATION, Waits.DEFAULT.connect(), "Until a connection to Google stands");

    static final Key<Duration> TIMEOUT_READ = Key.of(
            "read",
            DurationSyntax.DURATION,
            Waits.DEFAULT.read(),
            "Until a chunk is taken, and silence in the middle of an answer. Too short for a slow line and no upload ever"
                    + " ends");

    private GcsKeys() {}

    private static Account account(String text) {
        return text.equals(ANONYMOUS)
                ? new Account.Nobody()
                : new Account.OfFile(Syntax.path().parse(text));
    }
}
