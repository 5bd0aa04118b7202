package dev.alluvium.config;

import static dev.alluvium.config.DurationSyntax.DURATION;

import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.S3;
import dev.alluvium.storage.StorageSettings.S3.Credentials;
import dev.alluvium.storage.StorageSettings.S3.Encryption;
import dev.alluvium.storage.StorageSettings.S3.Keys;
import dev.alluvium.storage.StorageSettings.S3.Multipart;
import dev.alluvium.storage.StorageSettings.S3.Role;
import dev.alluvium.storage.StorageSettings.S3.Timeouts;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The section {@code storage}: which keys there are depends on its type. */
final class StorageBinder {
    private static final Syntax<URI> ADDRESS = text -> {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not an address; write https://s3.example.com:9000", e);
        }
    };

    private StorageBinder() {}

    static Bound<StorageSettings> bind(Section section) {
        Map<String, Function<Section, Bound<StorageSettings>>> types =
                Map.of("local", StorageBinder::local, "s3", StorageBinder::s3);
        Bound<Function<Section, Bound<StorageSettings>>> type = section.required("type", Syntax.oneOf(types));
        return type.value().map(binder -> binder.apply(section)).orElseGet(Bound::invalid);
    }

    private static Bound<StorageSettings> local(Section section) {
        Bound<Path> path = section.required("path", Syntax.path());
        return section.build(() -> new StorageSettings.Local(path.get()));
    }

    private static Bound<StorageSettings> s3(Section section) {
        Bound<String> bucket = section.required("bucket", Syntax.text());
        Bound<String> prefix = section.optional("prefix", Syntax.text(), "");
        Bound<Optional<String>> region = section.optional("region", Syntax.text());
        Bound<Optional<URI>> endpoint = section.optional("endpoint", ADDRESS);
        Bound<Boolean> pathStyle = section.optional("pathStyle", Syntax.flag(), false);
        Bound<Credentials> credentials = credentials(section.section("credentials"));
        Bound<Encryption> encryption = section.has("encryption")
                ? encryption(section.section("encryption"))
                : Bound.of(new Encryption.OfTheBucket());
        Bound<Multipart> multipart = multipart(section.section("multipart"));
        Bound<Timeouts> timeouts = timeouts(section.section("timeouts"));
        return section.build(() -> new S3(
                bucket.get(),
                prefix.get(),
                region.get(),
                endpoint.get(),
                pathStyle.get(),
                credentials.get(),
                encryption.get(),
                multipart.get(),
                timeouts.get()));
    }

    private static Bound<Credentials> credentials(Section section) {
        boolean hasKeys = section.has("accessKey") || section.has("secretKey") || section.has("sessionToken");
        Bound<Optional<Keys>> keys = hasKeys ? keys(section).map(Optional::of) : Bound.of(Optional.empty());
        Bound<Optional<Role>> role =
                section.has("role") ? role(section.section("role")).map(Optional::of) : Bound.of(Optional.empty());
        return section.build(() -> new Credentials(keys.get(), role.get()));
    }

    private static Bound<Keys> keys(Section section) {
        Bound<String> accessKey = section.required("accessKey", Syntax.text());
        Bound<String> secretKey = section.required("secretKey", Syntax.text());
        Bound<Optional<String>> sessionToken = section.optional("sessionToken", Syntax.text());
        return section.construct(() -> new Keys(accessKey.get(), secretKey.get(), sessionToken.get()));
    }

    private static Bound<Role> role(Section section) {
        Bound<String> arn = section.required("arn", Syntax.text());
        Bound<Optional<String>> externalId = section.optional("externalId", Syntax.text());
        Bound<String> sessionName = section.optional("sessionName", Syntax.text(), Role.DEFAULT_SESSION_NAME);
        return section.build(() -> new Role(arn.get(), externalId.get(), sessionName.get()));
    }

    private static Bound<Encryption> encryption(Section section) {
        Bound<String> type = section.required("type", Syntax.oneOf(Map.of("s3", "s3", "kms", "kms")));
        if (type.value().equals(Optional.of("s3"))) {
            return section.build(Encryption.OfS3::new);
        }
        Bound<Optional<String>> key = section.optional("key", Syntax.text());
        return section.build(() -> {
            type.get();
            return new Encryption.OfKms(key.get());
        });
    }

    private static Bound<Multipart> multipart(Section section) {
        Syntax<Long> size = SizeSyntax.between(Multipart.MIN_BYTES, Multipart.MAX_BYTES);
        Bound<Long> threshold = section.optional("threshold", size, Multipart.DEFAULT.thresholdBytes());
        Bound<Long> part = section.optional("part", size, Multipart.DEFAULT.partBytes());
        Bound<Integer> parallel = section.optional("parallel", Syntax.number(1, 64), Multipart.DEFAULT.parallel());
        return section.build(() -> new Multipart(threshold.get(), part.get(), parallel.get()));
    }

    private static Bound<Timeouts> timeouts(Section section) {
        Bound<Duration> connect = section.optional("connect", DURATION, Timeouts.DEFAULT.connect());
        Bound<Duration> read = section.optional("read", DURATION, Timeouts.DEFAULT.read());
        Bound<Duration> request = section.optional("request", DURATION, Timeouts.DEFAULT.request());
        return section.build(() -> new Timeouts(connect.get(), read.get(), request.get()));
    }
}
