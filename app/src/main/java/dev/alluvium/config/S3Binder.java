package dev.alluvium.config;

import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.S3;
import dev.alluvium.storage.StorageSettings.S3.Credentials;
import dev.alluvium.storage.StorageSettings.S3.Encryption;
import dev.alluvium.storage.StorageSettings.S3.Keys;
import dev.alluvium.storage.StorageSettings.S3.Multipart;
import dev.alluvium.storage.StorageSettings.S3.Role;
import dev.alluvium.storage.StorageSettings.S3.Timeouts;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** A bucket of S3. */
final class S3Binder {
    private S3Binder() {}

    static Bound<StorageSettings> bind(Section section) {
        Bound<String> bucket = section.get(BucketKeys.BUCKET);
        Bound<Optional<String>> prefix = section.find(BucketKeys.PREFIX);
        Bound<Optional<String>> region = section.find(S3Keys.REGION);
        Bound<Optional<URI>> endpoint = section.find(S3Keys.ENDPOINT);
        Bound<Boolean> pathStyle = section.get(S3Keys.PATH_STYLE);
        Bound<Credentials> credentials = credentials(section.section("credentials"));
        Bound<Encryption> encryption = encryption(section.section("encryption"), section.has("encryption"));
        Bound<Multipart> multipart = multipart(section.section("multipart"));
        Bound<Timeouts> timeouts = timeouts(section.section("timeouts"));
        return section.build(() -> new S3(
                bucket.get(),
                prefix.get().orElse(""),
                region.get(),
                endpoint.get(),
                pathStyle.get(),
                credentials.get(),
                encryption.get(),
                multipart.get(),
                timeouts.get()));
    }

    private static Bound<Credentials> credentials(Section section) {
        Bound<Optional<Keys>> keys = keys(section);
        Bound<Optional<Role>> role = role(section.section("role"), section.has("role"));
        return section.build(() -> new Credentials(keys.get(), role.get()));
    }

    private static Bound<Optional<Keys>> keys(Section section) {
        Bound<Optional<String>> accessKey = section.find(S3Keys.ACCESS_KEY);
        Bound<Optional<String>> secretKey = section.find(S3Keys.SECRET_KEY);
        Bound<Optional<String>> sessionToken = section.find(S3Keys.SESSION_TOKEN);
        if (!section.has("accessKey") && !section.has("secretKey") && !section.has("sessionToken")) {
            return Bound.of(Optional.empty());
        }
        boolean hasAccessKey = section.isThere(S3Keys.ACCESS_KEY);
        boolean hasSecretKey = section.isThere(S3Keys.SECRET_KEY);
        return hasAccessKey && hasSecretKey
                ? section.construct(() -> Optional.of(
                        new Keys(accessKey.get().orElseThrow(), secretKey.get().orElseThrow(), sessionToken.get())))
                : Bound.invalid();
    }

    private static Bound<Optional<Role>> role(Section section, boolean isWritten) {
        Bound<Optional<String>> arn = section.find(S3Keys.ROLE_ARN);
        Bound<Optional<String>> externalId = section.find(S3Keys.ROLE_EXTERNAL_ID);
        Bound<String> sessionName = section.get(S3Keys.ROLE_SESSION_NAME);
        if (!isWritten) {
            return Bound.of(Optional.empty());
        }
        if (!section.isThere(S3Keys.ROLE_ARN)) {
            section.end();
            return Bound.invalid();
        }
        return section.build(() -> Optional.of(new Role(arn.get().orElseThrow(), externalId.get(), sessionName.get())));
    }

    private static Bound<Encryption> encryption(Section section, boolean isWritten) {
        Bound<Optional<String>> type = section.find(S3Keys.ENCRYPTION_TYPE);
        Bound<Optional<String>> key = section.find(S3Keys.ENCRYPTION_KEY);
        if (!isWritten) {
            return Bound.of(new Encryption.OfTheBucket());
        }
        if (!section.isThere(S3Keys.ENCRYPTION_TYPE)) {
            section.end();
            return Bound.invalid();
        }
        return section.build(() -> {
            if (type.get().orElseThrow().equals("kms")) {
                return new Encryption.OfKms(key.get());
            }
            if (key.get().isPresent()) {
                throw new IllegalArgumentException("a key is for type kms; s3 has keys of its own");
            }
            return new Encryption.OfS3();
        });
    }

    private static Bound<Multipart> multipart(Section section) {
        Bound<Long> threshold = section.get(S3Keys.MULTIPART_THRESHOLD);
        Bound<Long> part = section.get(S3Keys.MULTIPART_PART);
        Bound<Integer> parallel = section.get(S3Keys.MULTIPART_PARALLEL);
        return section.build(() -> new Multipart(threshold.get(), part.get(), parallel.get()));
    }

    private static Bound<Timeouts> timeouts(Section section) {
        Bound<Duration> connect = section.get(S3Keys.TIMEOUT_CONNECT);
        Bound<Duration> read = section.get(S3Keys.TIMEOUT_READ);
        Bound<Duration> request = section.get(S3Keys.TIMEOUT_REQUEST);
        return section.build(() -> new Timeouts(connect.get(), read.get(), request.get()));
    }
}
