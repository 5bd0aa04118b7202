package dev.alluvium.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ProxyServerTest {
    @TempDir
    Path folder;

    @Test
    void asksForASignatureAlsoAfterARestart() throws Exception {
        try (S3ProxyServer server = S3ProxyServer.start(folder)) {
            server.createBucket("archive");
            HttpRequest unsigned = HttpRequest.newBuilder(server.endpoint().resolve("/archive"))
                    .build();
            HttpClient client = HttpClient.newHttpClient();

            assertThat(client.send(unsigned, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(403);
            server.restart();
            assertThat(client.send(unsigned, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(403);
        }
    }
}
