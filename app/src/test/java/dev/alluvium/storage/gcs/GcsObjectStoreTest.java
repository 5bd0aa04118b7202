package dev.alluvium.storage.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.alluvium.storage.FaultyHttpProxy.Fault;
import dev.alluvium.storage.FaultyHttpProxy.Request;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.RemoteObjectStoreContractTest;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.Gcs.Account;
import dev.alluvium.storage.StorageSettings.Gcs.Waits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcsObjectStoreTest extends RemoteObjectStoreContractTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAGE_SIZE = 50;
    private static final int CHUNK_BYTES = 512 << 10;
    private static final Map<String, String> METADATA = Map.of("format", "parquet", "generator", "alluvium");
    private static final String KMS_KEY = "projects/p/locations/eu/keyRings/r/cryptoKeys/k";

    @TempDir
    static Path shared;

    private static GcsServer server;
    private static Path key;

    @BeforeAll
    static void startServer() throws IOException {
        server = GcsServer.start();
        key = server.writeKey(shared.resolve("key.json"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected URI server() {
        return server.endpoint();
    }

    @Override
    protected void createBucket(String name) {
        server.createBucket(name);
    }

    @Override
    protected int objectsOfAListing() {
        return 5 * PAGE_SIZE;
    }

    @Override
    protected int multipartSize() {
        return 4 * CHUNK_BYTES + 1;
    }

    @Override
    protected ObjectStore open(URI endpoint, String bucketName, Duration patience) throws StorageException {
        return open(settings(
                endpoint,
                bucketName,
                "some/prefix",
                new Account.OfFile(key),
                Optional.empty(),
                Optional.empty(),
                patience));
    }

    @Override
    protected ObjectStore openWithWrongCredentials(URI endpoint, String bucketName) throws StorageException {
        try {
            Path other = new GcsAccount(server.endpoint() + "/token").writeKey(shared.resolve("other.json"));
            return open(settings(endpoint, bucketName, new Account.OfFile(other)));
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected ObjectStore openWithoutPrecondition(URI endpoint, String bucketName) throws StorageException {
        server.ignorePreconditions(bucketName);
        return open(settings(endpoint, bucketName, new Account.OfFile(key)));
    }

    /** Of an upload in chunks, the last of them and the question what became of it: both are answered with the object. */
    @Override
    protected boolean publishes(Request request) {
        String range = request.header("Content-Range").orElse("");
        boolean isLastChunk = range.endsWith("/" + multipartSize());
        return request.target().contains("uploadType=multipart") || isLastChunk || range.equals("bytes */*");
    }

    @Override
    protected boolean carriesBytes(Request request) {
        return request.target().contains("uploadType=multipart")
                || request.header("Content-Range").orElse("").matches("bytes [0-9]+-.*");
    }

    @Override
    protected Fault.Answer overloaded() {
        return new Fault.Answer(503, "application/json", error(503, "backendError", "Backend Error"));
    }

    @Override
    protected Fault.Answer forbidden() {
        return new Fault.Answer(403, "application/json", error(403, "forbidden", "Access denied."));
    }

    private static String error(int code, String reason, String message) {
        return new GcsRefusal(code, reason, message).resource().toString();
    }

    private static ObjectStore open(StorageSettings.Gcs settings) throws StorageException {
        return GcsObjectStore.open(settings, PAGE_SIZE, Duration.ofMillis(5));
    }

    private static StorageSettings.Gcs settings(URI endpoint, String bucketName, Account account) {
        return settings(endpoint, bucketName, "some/prefix", account, Optional.empty(), Optional.empty(), PATIENCE);
    }

    private static StorageSettings.Gcs settings(
            URI endpoint,
            String bucketName,
            String prefix,
            Account account,
            Optional<String> project,
            Optional<String> kmsKey,
            Duration patience) {
        Waits waits = new Waits(patience, patience);
        return new StorageSettings.Gcs(
                bucketName, prefix, project, account, Optional.of(endpoint), CHUNK_BYTES, kmsKey, waits);
    }

    @Test
    void tellsReadersWhatAnObjectIs() throws Exception {
        for (int size : new int[] {1_000, multipartSize()}) {
            String name = "deltas/" + size + ".parquet";
            store.putIfAbsent(name, file(bytesOf(size, 1)), METADATA);

            JsonNode resource = server.resource(bucket, "some/prefix/" + name);
            assertThat(resource.get("contentType").asText()).isEqualTo("application/vnd.apache.parquet");
            assertThat(resource.get("cacheControl").asText()).isEqualTo("no-cache, max-age=0");
            assertThat(resource.get("metadata").get("format").asText()).isEqualTo("parquet");
            assertThat(resource.get("metadata").get("generator").asText()).isEqualTo("alluvium");
            assertThat(resource.has("kmsKeyName")).isFalse();
        }
    }

    @Test
    void encryptsWithTheKeyAndBillsTheProjectOfItsSettings() throws Exception {
        StorageSettings.Gcs settings = settings(
                proxy.endpoint(),
                bucket,
                "some/prefix",
                new Account.OfFile(key),
                Optional.of("billed"),
                Optional.of(KMS_KEY),
                PATIENCE);
        try (ObjectStore encrypting = open(settings)) {
            for (int size : new int[] {1_000, multipartSize()}) {
                encrypting.putIfAbsent("a" + size, file(bytesOf(size, 2)), METADATA);

                assertThat(server.resource(bucket, "some/prefix/a" + size)
                                .get("kmsKeyName")
                                .asText())
                        .startsWith(KMS_KEY + "/");
            }
        }
        assertThat(proxy.requests())
                .isNotEmpty()
                .allSatisfy(request ->
                        assertThat(request.header("x-goog-user-project")).contains("billed"));
    }

    @Test
    void keepsApartWhatLiesUnderAnotherPrefix() throws Exception {
        StorageSettings.Gcs whole = settings(
                proxy.endpoint(), bucket, "", new Account.OfFile(key), Optional.empty(), Optional.empty(), PATIENCE);
        store.putIfAbsent("a", file(bytesOf(10, 3)), METADATA);
        try (ObjectStore all = open(whole);
                var objects = all.list("")) {
            assertThat(objects).containsExactly(new ListedObject("some/prefix/a", 10));
            assertThat(all.describe()).isEqualTo("gs://" + bucket);
        }
        assertThat(store.describe()).isEqualTo("gs://" + bucket + "/some/prefix");
    }

    @Test
    void leavesOutTheFoldersThatConsolesWrite() throws Exception {
        store.putIfAbsent("x/a", file(bytesOf(10, 12)), METADATA);
        for (String folder : new String[] {"some/prefix/", "some/prefix/x/", "some/prefix/y/"}) {
            server.put(bucket, folder, new byte[0]);
        }

        assertThat(keysAndSizes("")).containsExactly(new ListedObject("x/a", 10));
        assertThat(keysAndSizes("x/")).containsExactly(new ListedObject("x/a", 10));
    }

    @Test
    void saysThatItIsClosedWhenAPutComesLate() throws Exception {
        Path file = file(bytesOf(10, 13));
        store.close();

        StorageException failure = failureOf(() -> store.putIfAbsent("a", file, METADATA));

        assertThat(failure).hasMessageContaining("is closed").hasMessageContaining(bucket);
        assertThat(failure.isRetryable()).isTrue();
    }

    @Test
    void sendsAFileInChunksAndNothingTwice() throws Exception {
        proxy.forgetRequests();

        store.putIfAbsent("large", file(bytesOf(multipartSize(), 4)), METADATA);

        assertThat(proxy.requests())
                .filteredOn(this::carriesBytes)
                .extracting(Request::bodyBytes)
                .containsExactly(CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, 1);
        assertThat(proxy.requests().get(0).target()).contains("ifGenerationMatch=0");
    }

    @Test
    void doesNotSendALargeFileWhoseNameIsTaken() throws Exception {
        store.putIfAbsent("large", file(bytesOf(10, 5)), METADATA);
        proxy.forgetRequests();

        assertThat(store.putIfAbsent("large", file(bytesOf(multipartSize(), 5)), METADATA)
                        .created())
                .isFalse();

        assertThat(proxy.requests()).noneMatch(this::carriesBytes);
    }

    @Test
    void isRefusedByItsProbeWhenOnlyUploadsInChunksIgnoreThePrecondition() throws Exception {
        server.ignorePreconditionsOfUploads(bucket);

        StorageException failure = failureOf(store::probe);

        assertThat(failure).hasMessageContaining("precondition").hasMessageContaining(bucket);
        assertThat(failure.isRetryable()).isFalse();
        assertThat(keysAndSizes("")).isEmpty();
    }

    @Test
    void passesItsProbeWhenTheAnswerOfTheFirstChunkIsLost() throws Exception {
        proxy.inject(
                request -> request.header("Content-Range").orElse("").matches("bytes [0-9]+-.*"),
                1,
                new Fault.LoseAnswer());

        store.probe();
    }

    @Test
    void asksWhatBecameOfAChunkWhoseAnswerWasLost() throws Exception {
        proxy.inject(this::carriesBytes, 1, 1, new Fault.LoseAnswer());

        assertThat(store.putIfAbsent("large", file(bytesOf(multipartSize(), 6)), METADATA)
                        .created())
                .isTrue();

        assertThat(read("large")).isEqualTo(bytesOf(multipartSize(), 6));
        assertThat(proxy.requests())
                .anyMatch(request -> request.header("Content-Range").orElse("").equals("bytes */*"));
    }

    @Test
    void asksWhatBecameOfTheLastChunkWhoseAnswerWasLost() throws Exception {
        proxy.inject(this::publishes, 1, new Fault.LoseAnswer());

        assertThat(store.putIfAbsent("large", file(bytesOf(multipartSize(), 7)), METADATA)
                        .created())
                .isTrue();

        assertThat(read("large")).isEqualTo(bytesOf(multipartSize(), 7));
    }

    @Test
    void beginsAnewWhenTheStoreForgotTheUpload() throws Exception {
        Path file = file(bytesOf(multipartSize(), 8));
        proxy.inject(
                this::carriesBytes,
                1,
                1,
                new Fault.Answer(410, "application/json", error(410, "gone", "The upload is gone.")));

        StorageException failure = failureOf(() -> store.putIfAbsent("large", file, METADATA));

        assertThat(failure).hasMessageContaining("begins anew").hasMessageNotContaining("upload_id");
        assertThat(failure.isRetryable()).isTrue();
        assertThat(store.putIfAbsent("large", file, METADATA).created()).isTrue();
    }

    @Test
    void removesAnObjectThatIsNotWhatWasSent() throws Exception {
        // A server that stores other bytes under the checksum of the right ones, and admits it.
        proxy.inject(
                request -> request.target().contains("uploadType=multipart"),
                1,
                new Fault.Answer(
                        200,
                        "application/json",
                        new GcsBlob(
                                        bucket,
                                        "some/prefix/a",
                                        1,
                                        new GcsRefusal(0, "", "").resource(),
                                        bytesOf(1_000, 10))
                                .resource()
                                .toString()));

        StorageException failure = failureOf(() -> store.putIfAbsent("a", file(bytesOf(1_000, 9)), METADATA));

        assertThat(failure).hasMessageContaining("that were sent");
        assertThat(proxy.requests())
                .anyMatch(request ->
                        request.method().equals("DELETE") && request.target().contains("ifGenerationMatch=1"));
    }

    @Test
    void asksForANewTokenWhenTheOldOneHasExpired() throws Exception {
        store.putIfAbsent("a", file(bytesOf(10, 11)), METADATA);
        int before = server.tokensIssued();
        server.expireTokens();

        assertThat(store.stat("a")).isPresent();

        assertThat(server.tokensIssued()).isEqualTo(before + 1);
    }

    @Test
    void saysThatATokenIsNotAccepted() {
        proxy.inject(new Fault.Answer(401, "application/json", error(401, "authError", "Invalid Credentials")));

        StorageException failure = failureOf(() -> store.stat("a"));

        assertThat(failure).hasMessageContaining("storage.credentials").hasMessageContaining("expired");
        assertThat(failure.isRetryable()).isFalse();
    }

    @Test
    void namesTheRoleThatIsMissing() throws Exception {
        server.deny("storage.objects.create");
        try {
            StorageException failure = failureOf(() -> store.probe());

            assertThat(failure)
                    .hasMessageContaining("roles/storage.objectUser")
                    .hasMessageContaining("storage.objects.create");
            assertThat(failure.isRetryable()).isFalse();
        } finally {
            server.permitAll();
        }
    }

    @Test
    void takesAQuotaForAPassingTrouble() {
        proxy.inject(new Fault.Answer(
                403, "application/json", error(403, "rateLimitExceeded", "The rate limit was exceeded.")));

        assertThat(failureOf(() -> store.stat("a")).isRetryable()).isTrue();
    }

    @Test
    void needsNoCredentialsForAStandInThatAsksForNone() throws Exception {
        try (GcsServer open = GcsServer.start(bucket)) {
            open.openToAll();
            try (ObjectStore anonymous = open(settings(open.endpoint(), bucket, new Account.Nobody()))) {
                anonymous.probe();
            }
        }
        try (ObjectStore anonymous = open(settings(proxy.endpoint(), bucket, new Account.Nobody()))) {
            assertThat(failureOf(anonymous::probe)).hasMessageContaining("storage.credentials");
        }
    }

    @Test
    void saysThatItsCredentialsAreNoneWithoutQuotingThem() throws Exception {
        Path broken = Files.writeString(shared.resolve("broken.json"), "{\"type\": \"s3cret\", ");
        for (Path file : new Path[] {broken, shared.resolve("missing.json")}) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> open(settings(proxy.endpoint(), bucket, new Account.OfFile(file))))
                    .withMessageContaining("storage.credentials")
                    .withMessageContaining(file.toString())
                    .withMessageNotContaining("s3cret")
                    .matches(e -> !e.isRetryable());
        }
    }
}
