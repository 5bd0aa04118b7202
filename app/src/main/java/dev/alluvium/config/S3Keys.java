package dev.alluvium.config;

import dev.alluvium.storage.StorageSettings.S3.Multipart;
import dev.alluvium.storage.StorageSettings.S3.Role;
import dev.alluvium.storage.StorageSettings.S3.Timeouts;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** The keys of a bucket of S3, besides those of every bucket. */
final class S3Keys {
    static final Key<String> REGION = Key.optional(
            "region",
            Syntax.text(),
            "the SDK's chain: `AWS_REGION`, profile, instance",
            "A wrong one is refused by name at the start. With an `endpoint` and none to find: `us-east-1`");

    static final Key<URI> ENDPOINT = BucketKeys.endpoint(
            "Amazon's of the region",
            "Address of another store, or of a VPC endpoint: `https://s3.example.com:9000`",
            "https://s3.example.com:9000");

    static final Key<Boolean> PATH_STYLE = Key.of(
            "pathStyle",
            Syntax.flag(),
            false,
            "Whether the bucket is in the path and not in the host name. Most stores that are not Amazon's need `true`");

    static final Key<String> ACCESS_KEY = Key.optional(
            "accessKey",
            Syntax.text(),
            "the SDK's chain: environment, profile, web identity, container, instance",
            "Write it as `${file:PATH}`; never logged. What the chain finds renews itself while the process runs");

    static final Key<String> SECRET_KEY = Key.optional(
            "secretKey", Syntax.text(), "none", "As above; both or neither. Read once: a changed one needs a restart");

    static final Key<String> SESSION_TOKEN = Key.optional(
            "sessionToken",
            Syntax.text(),
            "none",
            "Of keys that end. When they have, uploads wait and readiness is red until a restart with others; a role"
                    + " renews itself");

    static final Key<String> ROLE_ARN = Key.optional(
            "arn",
            Syntax.text(),
            "none; required with the other keys of a role",
            "Role that is assumed over STS with the keys above, or with the chain's; renewed before it ends");

    static final Key<String> ROLE_EXTERNAL_ID =
            Key.optional("externalId", Syntax.text(), "none", "What the role's owner asks for");

    static final Key<String> ROLE_SESSION_NAME =
            Key.of("sessionName", Syntax.text(), Role.DEFAULT_SESSION_NAME, "How the role's owner sees this process");

    static final Key<String> ENCRYPTION_TYPE = Key.optional(
            "type",
            Syntax.oneOf(Map.of("s3", "s3", "kms", "kms")),
            "as the bucket says",
            "Encryption by the store, with its own keys (`s3`, SSE-S3) or with those of KMS (`kms`, SSE-KMS)");

    static final Key<String> ENCRYPTION_KEY = Key.optional(
            "key", Syntax.text(), "the account's own for S3", "Key of KMS, by id, alias or ARN; `kms` only");

    private static final Syntax<Long> PART_BYTES = SizeSyntax.between(Multipart.MIN_BYTES, Multipart.MAX_BYTES);

    static final Key<Long> MULTIPART_THRESHOLD = Key.of(
            "threshold", PART_BYTES, Multipart.DEFAULT.thresholdBytes(), "Files of this size and above go in parts");

    static final Key<Long> MULTIPART_PART = Key.of(
            "part", PART_BYTES, Multipart.DEFAULT.partBytes(), "Size of a part. A failed part is sent again whole");

    static final Key<Integer> MULTIPART_PARALLEL = Key.of(
            "parallel",
            Syntax.number(1, 64),
            Multipart.DEFAULT.parallel(),
            "Parts of a file at once. `uploads.threads` files may each have so many under way");

    static final Key<Duration> TIMEOUT_CONNECT =
            Key.of("connect", DurationSyntax.DURATION, Timeouts.DEFAULT.connect(), "Until a connection stands");

    static final Key<Duration> TIMEOUT_READ = Key.of(
            "read",
            DurationSyntax.DURATION,
            Timeouts.DEFAULT.read(),
            "Silence of the store in the middle of a request");

    static final Key<Duration> TIMEOUT_REQUEST = Key.of(
            "request",
            DurationSyntax.DURATION,
            Timeouts.DEFAULT.request(),
            "One request, the bytes of a part or of a small file included. Too short for a slow line and no upload ever"
                    + " ends");

    private S3Keys() {}
}
