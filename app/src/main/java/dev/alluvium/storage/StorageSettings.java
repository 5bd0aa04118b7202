package dev.alluvium.storage;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which object store the files go to. */
public sealed interface StorageSettings {
    /**
     * A folder of the local file system.
     *
     * @param directory made if it is missing
     */
    record Local(Path directory) implements StorageSettings {}

    /**
     * A bucket of Amazon S3, or of a store that speaks its language and honours {@code If-None-Match} on puts.
     *
     * @param bucket exists already
     * @param prefix goes before every key, with a slash between; empty for none
     * @param region otherwise that of the SDK's region chain
     * @param endpoint otherwise Amazon's of the region
     * @param isPathStyle whether the bucket is in the path of a request and not in the host name
     */
    record S3(
            String bucket,
            String prefix,
            Optional<String> region,
            Optional<URI> endpoint,
            boolean isPathStyle,
            Credentials credentials,
            Encryption encryption,
            Multipart multipart,
            Timeouts timeouts)
            implements StorageSettings {

        private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]");
        private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,64}");

        public S3 {
            BucketRules.require(
                    BUCKET.matcher(bucket).matches(), "bucket is no name of a bucket: 3 to 63 of a-z 0-9 . _ -");
            BucketRules.requirePrefix(prefix);
            region.ifPresent(
                    name -> BucketRules.require(REGION.matcher(name).matches(), "region is no name of a region"));
            endpoint.ifPresent(S3::requireEndpoint);
        }

        /** A bucket as Amazon has it, with the SDK's own chains for region and credentials. */
        public static S3 of(String bucket) {
            return new S3(
                    bucket,
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    Credentials.CHAIN,
                    new Encryption.OfTheBucket(),
                    Multipart.DEFAULT,
                    Timeouts.DEFAULT);
        }

        private static void requireEndpoint(URI uri) {
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            BucketRules.require(
                    (scheme.equals("http") || scheme.equals("https"))
                            && uri.getHost() != null
                            && uri.getUserInfo() == null
                            && uri.getQuery() == null,
                    "endpoint must be an address such as https://s3.example.com:9000");
        }

        /**
         * Who asks. A role is assumed with the keys, or with the SDK's default chain (environment, profile, web identity,
         * container, instance) when there are none; both renew themselves while the process runs.
         */
        public record Credentials(Optional<Keys> keys, Optional<Role> role) {
            /** The SDK's default chain. */
            public static final Credentials CHAIN = new Credentials(Optional.empty(), Optional.empty());
        }

        /** Keys of a user, or of a session: those end, and only a restart brings others. */
        public record Keys(String accessKey, String secretKey, Optional<String> sessionToken) {
            public Keys {
                BucketRules.require(
                        !accessKey.isBlank() && !secretKey.isBlank(), "accessKey and secretKey must not be blank");
            }

            /** Says no secret. */
            @Override
            public String toString() {
                return "Keys[***]";
            }
        }

        /**
         * A role that is assumed over STS and renewed before it ends.
         *
         * @param arn as AWS spells it, {@code arn:aws:iam::123456789012:role/archive}
         * @param externalId what the role's owner asks for, if it does
         * @param sessionName how the role's owner sees this process in logs
         */
        public record Role(String arn, Optional<String> externalId, String sessionName) {
            public static final String DEFAULT_SESSION_NAME = "alluvium";
            private static final Pattern ARN = Pattern.compile("arn:[a-z-]+:iam::\\d{12}:role/[\\w+=,.@/-]+");
            private static final Pattern SESSION_NAME = Pattern.compile("[\\w+=,.@-]{2,64}");

            public Role {
                BucketRules.require(
                        ARN.matcher(arn).matches(),
                        "role.arn must be one of a role: arn:aws:iam::123456789012:role/name");
                BucketRules.require(
                        SESSION_NAME.matcher(sessionName).matches(),
                        "role.sessionName must be 2 to 64 of a-z A-Z 0-9 _+=,.@-");
            }
        }

        /** How objects are encrypted at rest. */
        public sealed interface Encryption {
            /** As the bucket says. */
            record OfTheBucket() implements Encryption {}

            /** With keys of S3 (SSE-S3). */
            record OfS3() implements Encryption {}

            /**
             * With keys of KMS (SSE-KMS).
             *
             * @param key id, alias or ARN; otherwise the account's own for S3
             */
            record OfKms(Optional<String> key) implements Encryption {
                public OfKms {
                    key.ifPresent(id -> BucketRules.require(!id.isBlank(), "key must not be blank"));
                }
            }
        }

        /**
         * Files of at least {@code thresholdBytes} go in parts.
         *
         * @param partBytes size of a part; a file of more than 10,000 parts gets larger ones
         * @param parallel parts of one file that are under way at once
         */
        public record Multipart(long thresholdBytes, long partBytes, int parallel) {
            /** The least that S3 takes for a part that is not the last. */
            public static final long MIN_BYTES = 5L << 20;

            /** The most that S3 takes in one request. */
            public static final long MAX_BYTES = 5L << 30;

            /** Up to 16 MiB in one request, else parts of 10 MiB, three at a time. */
            public static final Multipart DEFAULT = new Multipart(16L << 20, 10L << 20, 3);

            public Multipart {
                BucketRules.require(
                        thresholdBytes >= MIN_BYTES && thresholdBytes <= MAX_BYTES, "threshold must be 5 MiB to 5 GiB");
                BucketRules.require(partBytes >= MIN_BYTES && partBytes <= MAX_BYTES, "part must be 5 MiB to 5 GiB");
                BucketRules.require(parallel >= 1 && parallel <= 64, "parallel must be 1 to 64");
            }
        }

        /**
         * How long a request may take.
         *
         * @param connect until a connection stands
         * @param read silence of the store in the middle of a request
         * @param request one request from begin to end, the bytes of a part or of a small file included; a body that is
         *     read does not count
         */
        public record Timeouts(Duration connect, Duration read, Duration request) {
            /** 5 s, 30 s and 2 minutes: a part of 10 MiB has to go at 90 kB/s. */
            public static final Timeouts DEFAULT =
                    new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2));

            public Timeouts {
                for (Duration timeout : new Duration[] {connect, read, request}) {
                    BucketRules.require(
                            timeout.toMillis() >= 100 && timeout.toHours() < 24,
                            "timeouts must be 100 ms to 24 h, not " + timeout);
                }
            }
        }
    }

    /**
     * A bucket of Google Cloud Storage.
     *
     * @param bucket exists already
     * @param prefix goes before every key, with a slash between; empty for none
     * @param project is billed for the requests, and its quota counts; otherwise that of the credentials
     * @param endpoint otherwise Google's
     * @param chunkBytes of a resumable upload: what one request carries, what each upload holds on the heap, and what a
     *     broken connection costs at most
     * @param kmsKey encrypts new objects; otherwise as the bucket says
     */
    record Gcs(
            String bucket,
            String prefix,
            Optional<String> project,
            Account account,
            Optional<URI> endpoint,
            int chunkBytes,
            Optional<String> kmsKey,
            Waits waits)
            implements StorageSettings {
        /** What the API wants chunks to be multiples of. */
        public static final int CHUNK_UNIT_BYTES = 256 << 10;

        /** Google's advice for the least; 32 MiB of heap with four uploads at once. */
        public static final int DEFAULT_CHUNK_BYTES = 8 << 20;

        /** Each upload under way holds a chunk on the heap, outside of any budget. */
        public static final int MAX_CHUNK_BYTES = 64 << 20;

        private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]");
        private static final Pattern PROJECT = Pattern.compile("[a-z0-9.:-]{1,100}");
        private static final Pattern KMS_KEY =
                Pattern.compile("projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+");

        public Gcs {
            BucketRules.require(
                    BUCKET.matcher(bucket).matches(), "bucket is no name of a bucket: 3 to 222 of a-z 0-9 . _ -");
            BucketRules.requirePrefix(prefix);
            project.ifPresent(
                    id -> BucketRules.require(PROJECT.matcher(id).matches(), "project is no id of a project"));
            endpoint.ifPresent(Gcs::requireEndpoint);
            BucketRules.require(
                    endpoint.isPresent() || !(account instanceof Account.Nobody),
                    "credentials: none needs an endpoint, for Google always asks who it is");
            BucketRules.require(
                    chunkBytes > 0 && chunkBytes <= MAX_CHUNK_BYTES && chunkBytes % CHUNK_UNIT_BYTES == 0,
                    "chunk must be a multiple of 256 KiB, 64 MiB at most");
            kmsKey.ifPresent(name -> BucketRules.require(
                    KMS_KEY.matcher(name).matches(), "kmsKey must be projects/P/locations/L/keyRings/R/cryptoKeys/K"));
        }

        private static void requireEndpoint(URI uri) {
            String path = String.valueOf(uri.getRawPath());
            BucketRules.require(
                    ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                            && uri.getHost() != null
                            && uri.getRawUserInfo() == null
                            && uri.getRawQuery() == null
                            && (path.isEmpty() || path.equals("/")),
                    "endpoint must be scheme, host and port, such as https://storage.example.com:9000");
        }

        /** Who asks. Names secrets, and holds none. */
        public sealed interface Account {
            /**
             * Application default credentials: the file that {@code GOOGLE_APPLICATION_CREDENTIALS} names,
             * gcloud's login, the service account of the machine or the pod.
             */
            record OfEnvironment() implements Account {}

            /** A JSON file: the key of a service account, or what workload identity federation is configured by. */
            record OfFile(Path path) implements Account {}

            /** Nobody, for a stand-in that does not ask. */
            record Nobody() implements Account {}
        }

        /**
         * How long the store may be silent.
         *
         * @param connect until a connection stands
         * @param read until a chunk is taken, and in the middle of an answer
         */
        public record Waits(Duration connect, Duration read) {
            /** 10 s and a minute: a chunk of 8 MiB has to go at 140 kB/s. */
            public static final Waits DEFAULT = new Waits(Duration.ofSeconds(10), Duration.ofSeconds(60));

            public Waits {
                for (Duration timeout : new Duration[] {connect, read}) {
                    BucketRules.require(
                            timeout.toMillis() >= 100 && timeout.toHours() < 24,
                            "timeouts must be 100 ms to 24 h, not " + timeout);
                }
            }
        }
    }
}
