package dev.alluvium.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.alluvium.storage.FaultyHttpProxy.Fault;
import dev.alluvium.storage.FaultyHttpProxy.Request;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.RemoteObjectStoreContractTest;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.S3.Credentials;
import dev.alluvium.storage.StorageSettings.S3.Encryption;
import dev.alluvium.storage.StorageSettings.S3.Keys;
import dev.alluvium.storage.StorageSettings.S3.Multipart;
import dev.alluvium.storage.StorageSettings.S3.Role;
import dev.alluvium.storage.StorageSettings.S3.Timeouts;
import dev.alluvium.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** On S3Proxy, which asks for signatures. */
class S3ObjectStoreTest extends RemoteObjectStoreContractTest {
    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static S3ProxyServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3ProxyServer.start(folder);
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @Override
    protected URI server() {
        return server.endpoint();
    }

    @Override
    protected void createBucket(String name) throws IOException {
        server.createBucket(name);
    }

    @Override
    protected int objectsOfAListing() {
        return 45;
    }

    @Override
    protected int multipartSize() {
        return (11 << 20) + 17;
    }

    @Override
    protected ObjectStore open(URI endpoint, String bucketName, Duration patience) throws StorageException {
        return open(settings(endpoint, bucketName, server.secretKey(), patience), List.of());
    }

    @Override
    protected ObjectStore openWithWrongCredentials(URI endpoint, String bucketName) throws StorageException {
        return open(settings(endpoint, bucketName, "another-key", Duration.ofSeconds(30)), List.of());
    }

    @Override
    protected ObjectStore openWithoutPrecondition(URI endpoint, String bucketName) throws StorageException {
        ExecutionInterceptor forgetful = new ExecutionInterceptor() {
            @Override
            public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
                return context.httpRequest().toBuilder()
                        .removeHeader("If-None-Match")
                        .build();
            }
        };
        return open(settings(endpoint, bucketName, server.secretKey(), Duration.ofSeconds(30)), List.of(forgetful));
    }

    private static ObjectStore open(StorageSettings.S3 settings, List<ExecutionInterceptor> interceptors)
            throws StorageException {
        return S3ObjectStore.open(
                settings, Clock.systemUTC(), new S3Connection.Tuning(2, 10, MAX_CONNECTIONS, interceptors));
    }

    /** The two that ask with HEAD ask again to hear why. */
    @Override
    protected int requestsOfFiveRefusedCalls() {
        return 7;
    }

    private static StorageSettings.S3 settings(URI endpoint, String bucketName, String secretKey, Duration patience) {
        return settings(endpoint, bucketName, secretKey, patience, 5 << 20);
    }

    private static StorageSettings.S3 settings(
            URI endpoint, String bucketName, String secretKey, Duration patience, long threshold) {
        return new StorageSettings.S3(
                bucketName,
                "archive/of tests",
                Optional.of("eu-central-1"),
                Optional.of(endpoint),
                true,
                new Credentials(
                        Optional.of(new Keys(server.accessKey(), secretKey, Optional.empty())), Optional.empty()),
                new Encryption.OfTheBucket(),
                new Multipart(threshold, 5 << 20, 3),
                new Timeouts(Duration.ofSeconds(5), patience, patience));
    }

    @Override
    protected boolean publishes(Request request) {
        boolean isWhole = request.method().equals("PUT") && !request.target().contains("uploadId=");
        return isWhole || (request.method().equals("POST") && request.target().contains("uploadId="));
    }

    @Override
    protected boolean carriesBytes(Request request) {
        return request.method().equals("PUT");
    }

    @Override
    protected Fault.Answer overloaded() {
        return error(503, "SlowDown", "Please reduce your request rate.");
    }

    @Override
    protected Fault.Answer forbidden() {
        return error(403, "AccessDenied", "Access Denied");
    }

    private static Fault.Answer error(int status, String code, String message) {
        return new Fault.Answer(
                status,
                "application/xml",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message
                        + "</Message></Error>");
    }

    @Test
    void describesItsBucketAndPrefix() {
        assertThat(store.describe()).isEqualTo("s3://" + bucket + "/archive/of tests");
    }

    @Test
    void keepsAnObjectUnderItsPrefix() throws IOException {
        store.putIfAbsent("deltas/a.parquet", file(utf8("rows")), Map.of());

        assertThat(server.bucket(bucket).resolve("archive/of tests/deltas/a.parquet"))
                .hasContent("rows");
    }

    @Test
    void sendsConditionChecksumTypeAndMetadataWithASmallFile() throws IOException {
        store.putIfAbsent("a.parquet", file(utf8("123456789")), Map.of("generator", "alluvium"));

        assertThat(proxy.requests().stream().filter(this::publishes))
                .singleElement()
                .satisfies(put -> {
                    assertThat(put.header("If-None-Match")).contains("*");
                    // The check value of CRC-32C for "123456789", e3069283.
                    assertThat(put.header("x-amz-checksum-crc32c")).contains("4waSgw==");
                    assertThat(put.header("Content-Type")).contains("application/vnd.apache.parquet");
                    assertThat(put.header("Cache-Control")).contains("no-cache, max-age=0");
                    assertThat(put.header("x-amz-meta-generator")).contains("alluvium");
                    assertThat(put.header("x-amz-meta-alluvium-crc32c")).contains("crc32c:e3069283");
                });
        assertThat(store.stat("a.parquet").orElseThrow().checksum()).isEqualTo("crc32c:e3069283");
    }

    @Test
    void sendsAChecksumWithEveryPartAndTheConditionWithTheirCompletion() throws IOException {
        store.putIfAbsent("a.parquet", file(bytesOf(multipartSize(), 51)), Map.of("generator", "alluvium"));

        assertThat(proxy.requests().stream().filter(this::carriesBytes))
                .hasSize(3)
                .allSatisfy(
                        part -> assertThat(part.header("x-amz-checksum-crc32c")).isPresent());
        assertThat(proxy.requests().stream().filter(this::publishes))
                .singleElement()
                .satisfies(
                        complete -> assertThat(complete.header("If-None-Match")).contains("*"));
        assertThat(proxy.requests().stream().filter(request -> request.target().endsWith("?uploads")))
                .filteredOn(request -> request.method().equals("POST"))
                .singleElement()
                .satisfies(create -> {
                    assertThat(create.header("Content-Type")).contains("application/vnd.apache.parquet");
                    assertThat(create.header("x-amz-meta-generator")).contains("alluvium");
                    assertThat(create.header("x-amz-checksum-algorithm")).contains("CRC32C");
                });
    }

    @Test
    void tellsTheSameChecksumHoweverTheBytesCame() throws IOException {
        byte[] bytes = bytesOf(multipartSize(), 52);
        StoredObject inParts = store.putIfAbsent("a", file(bytes), Map.of()).object();
        StorageSettings.S3 wholeSettings =
                settings(proxy.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30), 64 << 20);

        try (ObjectStore whole = open(wholeSettings, List.of())) {
            assertThat(whole.putIfAbsent("b", file(bytes), Map.of()).object().checksum())
                    .isEqualTo(inParts.checksum());
        }
    }

    @Test
    void tellsTheChecksumOfAnObjectThatSomebodyElseWrote() throws IOException {
        Path foreign = server.bucket(bucket).resolve("archive/of tests/foreign");
        Files.createDirectories(foreign.getParent());
        Files.write(foreign, utf8("123456789"));

        assertThat(store.stat("foreign")).contains(new StoredObject("foreign", 9, "crc32c:e3069283"));
    }

    @Test
    void refusesAStoreThatHoldsOtherBytesThanItWasSent() throws IOException {
        Path file = file(utf8("123456789"));
        proxy.inject(this::publishes, 1, new Fault.ForgeHeader("x-amz-checksum-crc32c", "AAAAAA=="));

        assertThat(failureOf(() -> store.putIfAbsent("a", file, Map.of())))
                .hasMessageContaining("a in s3://" + bucket)
                .hasMessageContaining("is not what was sent");
    }

    @Test
    void removesAnObjectInPartsThatTheStoreDamaged() throws IOException {
        byte[] bytes = bytesOf(multipartSize(), 54);
        Path file = file(bytes);

        try (ObjectStore damaging = open(completing("AAAAAA==-3"))) {
            StorageException failure = failureOf(() -> damaging.putIfAbsent("a", file, Map.of()));
            assertThat(failure).hasMessageContaining("is not what was sent").hasMessageContaining("removed again");
            assertThat(failure.isRetryable()).isTrue();
        }

        assertThat(store.stat("a")).isEmpty();
        assertThat(store.putIfAbsent("a", file, Map.of()).created()).isTrue();
        assertThat(read("a")).isEqualTo(bytes);
    }

    @Test
    void neverAdoptsADamagedObjectThatItCannotRemove() throws IOException {
        byte[] bytes = bytesOf(multipartSize(), 55);
        Path file = file(bytes);
        proxy.inject(request -> request.method().equals("DELETE"), Integer.MAX_VALUE, forbidden());

        try (ObjectStore damaging = open(completing("AAAAAA==-3"))) {
            StorageException failure = failureOf(() -> damaging.putIfAbsent("a", file, Map.of()));
            assertThat(failure).hasMessageContaining("delete it there");
            assertThat(failure.isRetryable()).isFalse();

            bytes[multipartSize() / 2] ^= 1;
            Files.write(server.bucket(bucket).resolve("archive/of tests/a"), bytes);
            assertThat(failureOf(() -> damaging.putIfAbsent("a", file, Map.of())))
                    .hasMessageContaining("is not what was sent: noted")
                    .hasMessageContaining("delete it there");
        }
    }

    @Test
    void readsBackWhatAStoreTellsNoChecksumOf() throws IOException {
        Path file = file(bytesOf(multipartSize(), 56));

        try (ObjectStore silent = open(completing(null))) {
            assertThat(silent.putIfAbsent("a", file, Map.of()).created()).isTrue();
            proxy.inject(this::reads, 1, new Fault.CutBody(1_000));
            assertThat(failureOf(() -> silent.putIfAbsent("b", file, Map.of())).isRetryable())
                    .isTrue();
        }
    }

    private boolean reads(Request request) {
        return request.method().equals("GET");
    }

    /** A server that says this checksum of an object in parts. */
    private static ExecutionInterceptor completing(@Nullable String checksum) {
        return new ExecutionInterceptor() {
            @Override
            public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
                if (context.response() instanceof CompleteMultipartUploadResponse complete) {
                    return complete.toBuilder().checksumCRC32C(checksum).build();
                }
                return context.response() instanceof HeadObjectResponse head
                        ? head.toBuilder().checksumCRC32C(checksum).build()
                        : context.response();
            }
        };
    }

    private ObjectStore open(ExecutionInterceptor interceptor) throws StorageException {
        return open(
                settings(proxy.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30)), List.of(interceptor));
    }

    @Test
    void repeatsAPutThatConflictsWithAnother() throws IOException {
        proxy.inject(this::publishes, 2, error(409, "ConditionalRequestConflict", "Try again."));

        assertThat(store.putIfAbsent("a", file(utf8("a")), Map.of()).created()).isTrue();
    }

    @Test
    void abortsAnUploadInPartsThatFails() throws Exception {
        Path file = file(bytesOf(multipartSize(), 53));
        proxy.inject(this::carriesBytes, 2, Integer.MAX_VALUE, overloaded());
        assertThat(failureOf(() -> store.putIfAbsent("a", file, Map.of())).isRetryable())
                .isTrue();

        proxy.heal();
        store.putIfAbsent("b", file, Map.of());
        proxy.inject(this::publishes, Integer.MAX_VALUE, overloaded());
        assertThat(failureOf(() -> store.putIfAbsent("c", file, Map.of())).isRetryable())
                .isTrue();

        assertThat(uploads()).isEmpty();
    }

    @Test
    void abortsOldLeftOversUnderItsPrefixOnly() throws Exception {
        leaveUploads();

        probe("archive/of tests", Duration.ofHours(23));
        assertThat(uploads()).hasSize(3);

        probe("archive/of tests", Duration.ofHours(25));
        assertThat(uploads()).containsExactlyInAnyOrder("archive/of tests2/b", "c");
    }

    @Test
    void leavesAllUploadsAloneWithoutAPrefix() throws Exception {
        leaveUploads();

        probe("", Duration.ofHours(25));

        assertThat(uploads()).hasSize(3);
    }

    private void leaveUploads() throws StorageException {
        try (S3Connection connection = S3Connection.open(
                settings(server.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30)),
                S3Connection.Tuning.DEFAULT)) {
            for (String key : List.of("archive/of tests/a", "archive/of tests2/b", "c")) {
                connection
                        .client()
                        .createMultipartUpload(request -> request.bucket(bucket).key(key));
            }
        }
    }

    /** By a store whose clock is ahead. */
    private void probe(String prefix, Duration ahead) throws StorageException {
        StorageSettings.S3 plain = settings(server.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30));
        StorageSettings.S3 settings = new StorageSettings.S3(
                plain.bucket(),
                prefix,
                plain.region(),
                plain.endpoint(),
                plain.isPathStyle(),
                plain.credentials(),
                plain.encryption(),
                plain.multipart(),
                plain.timeouts());
        try (ObjectStore probed = S3ObjectStore.open(settings, Clock.offset(Clock.systemUTC(), ahead))) {
            probed.probe();
        }
    }

    /** Keys of the uploads that nobody completed or aborted. */
    private List<String> uploads() throws StorageException {
        try (S3Connection connection = S3Connection.open(
                settings(server.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30)),
                S3Connection.Tuning.DEFAULT)) {
            return connection.client().listMultipartUploads(request -> request.bucket(bucket)).uploads().stream()
                    .map(MultipartUpload::key)
                    .toList();
        }
    }

    @Test
    void opensWithoutAskingItsServer() throws IOException {
        proxy.inject(new Fault.Refuse());

        open(proxy.endpoint(), bucket, Duration.ofSeconds(30)).close();

        assertThat(proxy.requests()).isEmpty();
    }

    @Test
    void passesItsProbeWhateverHappensToLeftOvers() throws IOException {
        for (Fault fault : List.of(forbidden(), overloaded(), new Fault.Refuse())) {
            proxy.heal();
            proxy.inject(this::listsUploads, Integer.MAX_VALUE, fault);
            proxy.forgetRequests();

            try (ObjectStore again = open(proxy.endpoint(), bucket, Duration.ofSeconds(30))) {
                again.probe();
                again.probe();
            }

            assertThat(proxy.requests().stream()
                            .filter(this::listsUploads)
                            .map(request -> request.header("amz-sdk-invocation-id"))
                            .distinct())
                    .hasSize(1);
        }
    }

    @Test
    void saysWhyALookUpIsRefused() throws IOException {
        proxy.inject(error(400, "ExpiredToken", "The provided token has expired."));

        assertThat(failureOf(() -> store.stat("a")))
                .hasMessageContaining("ExpiredToken")
                .hasMessageContaining("the session has ended");
        assertThat(failureOf(() -> store.putIfAbsent("a", file(bytesOf(multipartSize(), 57)), Map.of())))
                .hasMessageContaining("the session has ended");
    }

    @Test
    void asksOnceOnlyForAnObjectThatIsAbsent() throws IOException {
        assertThat(store.stat("a")).isEmpty();

        assertThat(proxy.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"InternalError, true", "SlowDown, true", "AccessDenied, false"})
    void knowsAnErrorInAnAnswerThatBeganWell(String code, boolean isRetryable) throws IOException {
        Path file = file(bytesOf(multipartSize(), 58));
        proxy.inject(this::publishes, Integer.MAX_VALUE, error(200, code, "In its own words."));

        StorageException failure = failureOf(() -> store.putIfAbsent("a", file, Map.of()));

        assertThat(failure).hasMessageContaining(code);
        assertThat(failure.isRetryable()).isEqualTo(isRetryable);
        assertThat(uploads()).isEmpty();
    }

    @Test
    void takesARefusalInAnAnswerThatBeganWellForOne() throws IOException {
        proxy.inject(this::publishes, 2, error(200, "PreconditionFailed", "In its own words."));

        assertThat(store.putIfAbsent("a", file(bytesOf(multipartSize(), 59)), Map.of())
                        .created())
                .isTrue();
    }

    @Test
    void abortsAnUploadForWhichThereAreNoThreads() throws IOException {
        OutOfMemoryError exhausted = new OutOfMemoryError("unable to create native thread");
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> putWithOneThread(() -> {
                    throw exhausted;
                }))
                .isSameAs(exhausted);
        assertThat(uploads()).isEmpty();
    }

    @Test
    void saysThatItWasClosedWhileItWrote() throws IOException {
        StorageException failure = failureOf(() -> putWithOneThread(() -> {
            throw new RejectedExecutionException();
        }));

        assertThat(failure).hasMessageContaining("the store is closed");
        assertThat(failure.isRetryable()).isTrue();
        assertThat(uploads()).isEmpty();
    }

    /** An upload whose first worker runs, and whose second meets this. */
    private void putWithOneThread(Runnable second) throws IOException, InterruptedException {
        SourceFile source = SourceFile.read("a", file(bytesOf(multipartSize(), 60)), 5 << 20);
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<@Nullable Thread> first = new AtomicReference<>();
        Executor threads = task -> {
            if (asked.incrementAndGet() > 1) {
                second.run();
            }
            Thread thread = new Thread(task, "first-worker");
            first.set(thread);
            thread.start();
        };
        CreateMultipartUploadRequest wanted = CreateMultipartUploadRequest.builder()
                .bucket(bucket)
                .key("a")
                .checksumAlgorithm(ChecksumAlgorithm.CRC32_C)
                .build();
        try (S3Connection connection = S3Connection.open(
                settings(server.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30)),
                S3Connection.Tuning.DEFAULT)) {
            try {
                new MultipartPut(connection.client(), threads, wanted, source, 2).run();
            } finally {
                Thread worker = first.get();
                if (worker != null) {
                    worker.join(10_000);
                    assertThat(worker.isAlive()).isFalse();
                }
            }
        }
    }

    @Test
    void readsAFileOfAnAttemptOnlyUntilTheNext() throws IOException {
        SourceFile source = SourceFile.read("a", file(utf8("123456789")), 4);

        InputStream third;
        try (SourceFile.Body body = source.part(1)) {
            InputStream first = body.newStream();
            InputStream second = body.newStream();
            assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(first::read);
            assertThat(second.readAllBytes()).isEqualTo(utf8("5678"));
            third = body.newStream();
        }
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(third::read);
    }

    @Test
    void doesNotListForEverWhenAPageDoesNotSayHowToGoOn() throws IOException {
        ExecutionInterceptor forgetful = new ExecutionInterceptor() {
            @Override
            public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
                return context.response() instanceof ListObjectsV2Response page
                        ? page.toBuilder()
                                .isTruncated(true)
                                .nextContinuationToken(null)
                                .build()
                        : context.response();
            }
        };
        try (ObjectStore broken = open(forgetful);
                Stream<ListedObject> listing = broken.list("")) {
            assertThat(failureOf(listing::toList)).hasMessageContaining("more follow");
        }
    }

    private boolean listsUploads(Request request) {
        return request.method().equals("GET") && request.target().contains("uploads");
    }

    @Test
    void isRefusedByItsProbeWhenOnlyUploadsInPartsIgnoreThePrecondition() throws Exception {
        ExecutionInterceptor forgetful = new ExecutionInterceptor() {
            @Override
            public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
                return context.request() instanceof CompleteMultipartUploadRequest
                        ? context.httpRequest().toBuilder()
                                .removeHeader("If-None-Match")
                                .build()
                        : context.httpRequest();
            }
        };

        try (ObjectStore overwriting = open(forgetful)) {
            StorageException failure = failureOf(overwriting::probe);
            assertThat(failure)
                    .hasMessageContaining("s3://" + bucket)
                    .hasMessageContaining("precondition (If-None-Match) of CompleteMultipartUpload");
            assertThat(failure.isRetryable()).isFalse();
        }
        store.probe();
        assertThat(server.bucket(bucket).resolve("archive/of tests")).doesNotExist();
        assertThat(uploads()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "404, NoSuchBucket, false, create it or correct storage.bucket",
        "403, AccessDenied, false, allow these credentials s3:GetObject",
        "403, InvalidAccessKeyId, false, correct storage.credentials",
        "403, SignatureDoesNotMatch, false, correct storage.credentials",
        "400, ExpiredToken, false, put a new sessionToken and its keys into storage.credentials and restart",
        "301, PermanentRedirect, false, correct storage.region",
        "400, AuthorizationHeaderMalformed, false, correct storage.region",
        "400, KMS.NotFoundException, false, correct storage.encryption.key",
        "403, RequestTimeTooSkewed, false, set the clock of this machine",
        "501, NotImplemented, false, use another",
        "400, InvalidArgument, false, check storage.endpoint",
        "400, BadDigest, true, it is tried again",
        "400, RequestTimeout, true, it is tried again",
        "500, InternalError, true, it is tried again",
        "503, SlowDown, true, it is tried again",
        "429, TooManyRequests, true, it is tried again"
    })
    void saysWhatToDo(int status, String code, boolean isRetryable, String advice) throws IOException {
        Path file = file(utf8("a"));
        proxy.inject(error(status, code, "In its own words."));

        StorageException failure = failureOf(() -> store.putIfAbsent("dir/a", file, Map.of()));

        assertThat(failure)
                .hasMessageContaining("cannot write dir/a in s3://" + bucket + "/archive/of tests: ")
                .hasMessageContaining(advice)
                .hasMessageNotContaining("\n");
        assertThat(failure.isRetryable()).isEqualTo(isRetryable);
    }

    @Test
    void asksForTheEncryptionThatIsSet() throws IOException {
        encrypted(new Encryption.OfS3());
        assertThat(lastPut().header("x-amz-server-side-encryption")).contains("AES256");

        encrypted(new Encryption.OfKms(Optional.of("alias/archive")));
        assertThat(lastPut().header("x-amz-server-side-encryption")).contains("aws:kms");
        assertThat(lastPut().header("x-amz-server-side-encryption-aws-kms-key-id"))
                .contains("alias/archive");
    }

    /** What the server makes of it does not matter: it has no keys. */
    private void encrypted(Encryption encryption) throws IOException {
        StorageSettings.S3 plain = settings(proxy.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30));
        proxy.inject(this::carriesBytes, Integer.MAX_VALUE, overloaded());
        try (ObjectStore encrypting = open(
                new StorageSettings.S3(
                        plain.bucket(),
                        plain.prefix(),
                        plain.region(),
                        plain.endpoint(),
                        plain.isPathStyle(),
                        plain.credentials(),
                        encryption,
                        plain.multipart(),
                        plain.timeouts()),
                List.of())) {
            Path file = file(utf8("a"));
            assertThat(failureOf(() -> encrypting.putIfAbsent("a", file, Map.of()))
                            .isRetryable())
                    .isTrue();
        }
    }

    private Request lastPut() {
        List<Request> puts =
                proxy.requests().stream().filter(this::carriesBytes).toList();
        return puts.get(puts.size() - 1);
    }

    @Test
    void worksWithTheKeysOfARole() throws IOException {
        withStsBehindTheProxy(() -> {
            proxy.inject(request -> request.target().equals("/"), 1, new Fault.Answer(200, "text/xml", """
                            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
                            <Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>
                            <SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
                            </AssumeRoleResult></AssumeRoleResponse>
                            """.formatted(
                            server.accessKey(), server.secretKey())));
            try (ObjectStore assuming = openWithRole()) {
                assertThat(assuming.putIfAbsent("a", file(utf8("a")), Map.of()).created())
                        .isTrue();
            }
            assertThat(lastPut().header("x-amz-security-token")).contains("token");
        });
    }

    @Test
    void saysThatItsRoleCannotBeAssumed() throws IOException {
        withStsBehindTheProxy(() -> {
            proxy.inject(
                    request -> request.target().equals("/"), Integer.MAX_VALUE, new Fault.Answer(403, "text/xml", """
                            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
                            <Code>AccessDenied</Code><Message>not authorized to perform sts:AssumeRole</Message></Error>
                            </ErrorResponse>
                            """));
            StorageException failure = failureOf(() -> probe(openWithRole()));
            assertThat(failure)
                    .hasMessageContaining("the role cannot be assumed: AccessDenied: not authorized")
                    .hasMessageContaining("storage.credentials.role");
            assertThat(failure.isRetryable()).isFalse();
        });
    }

    private ObjectStore openWithRole() throws StorageException {
        StorageSettings.S3 plain = settings(proxy.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30));
        return open(
                new StorageSettings.S3(
                        plain.bucket(),
                        plain.prefix(),
                        plain.region(),
                        plain.endpoint(),
                        plain.isPathStyle(),
                        new Credentials(
                                Optional.of(new Keys("of-a-user", "secret", Optional.empty())),
                                Optional.of(new Role(
                                        "arn:aws:iam::123456789012:role/archive",
                                        Optional.of("external"),
                                        Role.DEFAULT_SESSION_NAME))),
                        plain.encryption(),
                        plain.multipart(),
                        plain.timeouts()),
                List.of());
    }

    private static void probe(ObjectStore opened) throws StorageException {
        try (opened) {
            opened.probe();
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private void withStsBehindTheProxy(Action action) throws IOException {
        withProperty("aws.endpointUrlSts", proxy.endpoint().toString(), action);
    }

    private static void withProperty(String name, String value, Action action) throws IOException {
        System.setProperty(name, value);
        try {
            action.run();
        } finally {
            System.clearProperty(name);
        }
    }

    @Test
    void takesUpTheKeysThatARunningProcessIsGivenInItsProfile() throws IOException {
        Path profile = files.resolve("credentials");
        Path file = file(utf8("a"));
        writeProfile(profile, server.secretKey(), 0);
        withProperty("aws.sharedCredentialsFile", profile.toString(), () -> {
            try (ObjectStore renewed = open(withChain(), List.of())) {
                writeProfile(profile, "revoked", 10);
                await(() -> failureOf(() -> renewed.putIfAbsent("a", file, Map.of())));
                writeProfile(profile, server.secretKey(), 20);
                await(() -> renewed.putIfAbsent("a", file, Map.of()));
            }
        });
    }

    /** Some seconds younger than it is: the SDK compares times, and several writes fall into one tick of the disk's clock. */
    private static void writeProfile(Path profile, String secretKey, int youngerBySeconds) throws IOException {
        Files.writeString(
                profile,
                "[default]\naws_access_key_id = " + server.accessKey() + "\naws_secret_access_key = " + secretKey
                        + "\n");
        Files.setLastModifiedTime(profile, FileTime.from(Instant.now().plusSeconds(youngerBySeconds)));
    }

    /** The SDK looks at the file once in a while only. */
    private static void await(Action action) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                action.run();
                return;
            } catch (StorageException | AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private StorageSettings.S3 withChain() {
        StorageSettings.S3 plain = settings(proxy.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30));
        return new StorageSettings.S3(
                plain.bucket(),
                plain.prefix(),
                plain.region(),
                plain.endpoint(),
                plain.isPathStyle(),
                Credentials.CHAIN,
                plain.encryption(),
                plain.multipart(),
                plain.timeouts());
    }

    @Test
    void fallsBackToARegionWhereAnEndpointIsSet() throws IOException {
        StorageSettings.S3 plain = settings(proxy.endpoint(), bucket, server.secretKey(), Duration.ofSeconds(30));
        withProperty("aws.disableEc2Metadata", "true", () -> {
            try (ObjectStore regionless = open(
                    new StorageSettings.S3(
                            plain.bucket(),
                            plain.prefix(),
                            Optional.empty(),
                            plain.endpoint(),
                            plain.isPathStyle(),
                            plain.credentials(),
                            plain.encryption(),
                            plain.multipart(),
                            plain.timeouts()),
                    List.of())) {
                assertThat(regionless
                                .putIfAbsent("a", file(utf8("a")), Map.of())
                                .created())
                        .isTrue();
            }
        });
    }

    @Test
    void saysThatThereIsNoRegion() throws IOException {
        withProperty("aws.disableEc2Metadata", "true", () -> {
            StorageException failure =
                    failureOf(() -> S3ObjectStore.open(StorageSettings.S3.of("my-archive"), Clock.systemUTC())
                            .close());
            assertThat(failure).hasMessageContaining("my-archive").hasMessageContaining("storage.region");
            assertThat(failure.isRetryable()).isFalse();
        });
    }

    @Test
    void saysThatThereAreNoCredentials() throws IOException {
        withProperty("aws.disableEc2Metadata", "true", () -> {
            StorageException failure = failureOf(() -> probe(open(withChain(), List.of())));
            assertThat(failure).hasMessageContaining(bucket).hasMessageContaining("set storage.credentials");
            assertThat(failure.isRetryable()).isFalse();
        });
    }
}
