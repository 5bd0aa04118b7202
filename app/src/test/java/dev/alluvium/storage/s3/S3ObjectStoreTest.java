package dev.alluvium.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.storage.FaultyHttpProxy.Fault;
import dev.alluvium.storage.FaultyHttpProxy.Request;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.RemoteObjectStoreContractTest;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.S3.Credentials;
import dev.alluvium.storage.StorageSettings.S3.Encryption;
import dev.alluvium.storage.StorageSettings.S3.Keys;
import dev.alluvium.storage.StorageSettings.S3.Multipart;
import dev.alluvium.storage.StorageSettings.S3.Timeouts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

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
        return S3ObjectStore.open(settings, Clock.systemUTC(), new S3Connection.Tuning(1, 10, interceptors));
    }

    private static StorageSettings.S3 settings(URI endpoint, String bucketName, String secretKey, Duration patience) {
        return new StorageSettings.S3(
                bucketName,
                "archive/of tests",
                Optional.of("eu-central-1"),
                Optional.of(endpoint),
                true,
                new Credentials(
                        Optional.of(new Keys(server.accessKey(), secretKey, Optional.empty())), Optional.empty()),
                new Encryption.OfTheBucket(),
                new Multipart(5 << 20, 5 << 20, 3),
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
}
