package dev.alluvium.config;

import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.Gcs;
import dev.alluvium.storage.StorageSettings.Gcs.Account;
import dev.alluvium.storage.StorageSettings.Gcs.Waits;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** A bucket of Google Cloud Storage. */
final class GcsBinder {
    private GcsBinder() {}

    static Bound<StorageSettings> bind(Section section) {
        Bound<String> bucket = section.get(BucketKeys.BUCKET);
        Bound<Optional<String>> prefix = section.find(BucketKeys.PREFIX);
        Bound<Optional<String>> project = section.find(GcsKeys.PROJECT);
        Bound<Optional<Account>> account = section.find(GcsKeys.CREDENTIALS);
        Bound<Optional<URI>> endpoint = section.find(GcsKeys.ENDPOINT);
        Bound<Long> chunk = section.get(GcsKeys.CHUNK);
        Bound<Optional<String>> kmsKey = section.find(GcsKeys.KMS_KEY);
        Bound<Waits> waits = waits(section.section("timeouts"));
        return section.build(() -> new Gcs(
                bucket.get(),
                prefix.get().orElse(""),
                project.get(),
                account.get().orElseGet(Account.OfEnvironment::new),
                endpoint.get(),
                Math.toIntExact(chunk.get()),
                kmsKey.get(),
                waits.get()));
    }

    private static Bound<Waits> waits(Section section) {
        Bound<Duration> connect = section.get(GcsKeys.TIMEOUT_CONNECT);
        Bound<Duration> read = section.get(GcsKeys.TIMEOUT_READ);
        return section.build(() -> new Waits(connect.get(), read.get()));
    }
}
