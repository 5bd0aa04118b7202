package dev.alluvium.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A broker and a store that are not of this build, in containers. {@link BucketIT} does the same without. */
class BucketContainerIT {
    // The images of docker-compose.yml.
    private static final String BROKER = "apache/kafka:4.3.1";
    private static final String STORE = "andrewgaul/s3proxy:4.1.0";
    private static final String ACCESS_KEY = "alluvium-test";
    private static final String SECRET_KEY = "not-a-secret-only-for-tests";
    private static final int STORE_PORT = 9000;

    @TempDir
    Path folder;

    @Test
    void archivesIntoABucketOfS3() throws Exception {
        assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "no container engine answers: start Docker, or set DOCKER_HOST, to run this test");
        try (KafkaContainer broker = new KafkaContainer(BROKER);
                GenericContainer<?> store = store()) {
            broker.start();
            store.start();
            URI endpoint = URI.create("http://" + store.getHost() + ":" + store.getMappedPort(STORE_PORT));
            createBucket(endpoint);

            new BucketScenario(folder, broker.getBootstrapServers(), "into-s3", """
                    { type: s3, bucket: archive, endpoint: "%s", pathStyle: true, region: us-east-1, \
                    credentials: { accessKey: "%s", secretKey: "%s" } }""".formatted(
                                    endpoint, ACCESS_KEY, SECRET_KEY))
                    .archivesEveryDeltaOnce();
        }
    }

    @SuppressWarnings("resource") // the caller closes it
    private static GenericContainer<?> store() {
        return new GenericContainer<>(STORE)
                .withEnv(Map.of(
                        "S3PROXY_ENDPOINT", "http://0.0.0.0:" + STORE_PORT,
                        "S3PROXY_AUTHORIZATION", "aws-v2-or-v4",
                        "S3PROXY_IDENTITY", ACCESS_KEY,
                        "S3PROXY_CREDENTIAL", SECRET_KEY,
                        "S3PROXY_IGNORE_UNKNOWN_HEADERS", "true",
                        "JCLOUDS_PROVIDER", "filesystem-nio2",
                        "JCLOUDS_FILESYSTEM_BASEDIR", "/data"))
                .withExposedPorts(STORE_PORT)
                .waitingFor(Wait.forListeningPort());
    }

    private static void createBucket(URI endpoint) {
        try (S3Client client = S3Client.builder()
                .endpointOverride(endpoint)
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .build()) {
            client.createBucket(request -> request.bucket("archive"));
        }
    }
}
