package dev.alluvium.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.storage.StorageSettings.S3;
import dev.alluvium.storage.StorageSettings.S3.Credentials;
import dev.alluvium.storage.StorageSettings.S3.Encryption;
import dev.alluvium.storage.StorageSettings.S3.Keys;
import dev.alluvium.storage.StorageSettings.S3.Multipart;
import dev.alluvium.storage.StorageSettings.S3.Role;
import dev.alluvium.storage.StorageSettings.S3.Timeouts;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageBinderTest {
    @TempDir
    Path folder;

    @Test
    void needsNothingButABucket() throws Exception {
        assertThat(StorageSection.bind("{ type: s3, bucket: my-archive }")).isEqualTo(S3.of("my-archive"));
    }

    @Test
    void bindsEveryKeyOfS3() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cr3t\n");

        assertThat(StorageSection.bind("""
                {
                  type: s3, bucket: my-archive, prefix: a/b, region: eu-central-1,
                  endpoint: "https://s3.example.com:9000", pathStyle: true,
                  credentials: {
                    accessKey: AKIA, secretKey: "${file:%s}", sessionToken: token,
                    role: { arn: "arn:aws:iam::123456789012:role/archive", externalId: id, sessionName: me }
                  },
                  encryption: { type: kms, key: alias/archive },
                  multipart: { threshold: 20 MiB, part: 8 MiB, parallel: 5 },
                  timeouts: { connect: 1s, read: 2s, request: 3s }
                }""".formatted(secret)))
                .isEqualTo(new S3(
                        "my-archive",
                        "a/b",
                        Optional.of("eu-central-1"),
                        Optional.of(URI.create("https://s3.example.com:9000")),
                        true,
                        new Credentials(
                                Optional.of(new Keys("AKIA", "s3cr3t", Optional.of("token"))),
                                Optional.of(
                                        new Role("arn:aws:iam::123456789012:role/archive", Optional.of("id"), "me"))),
                        new Encryption.OfKms(Optional.of("alias/archive")),
                        new Multipart(20 << 20, 8 << 20, 5),
                        new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3))));
    }

    @Test
    void takesTheKeysOfS3ForEncryptionWithoutOne() throws Exception {
        assertThat(StorageSection.bind("{ type: s3, bucket: abc, encryption: { type: s3 } }"))
                .isInstanceOfSatisfying(
                        S3.class, s3 -> assertThat(s3.encryption()).isEqualTo(new Encryption.OfS3()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "prefix: a | storage.bucket: missing",
                "bucket: My_Bucket | storage: bucket is no name of a bucket: 3 to 63 of a-z 0-9 . _ -",
                "bucket: abc, path: a | storage.path: unknown key;",
                "bucket: abc, prefix: a/./b | storage: prefix must be segments between slashes, without one at either end",
                "bucket: abc, prefix: a/../b | storage: prefix must be segments between slashes,",
                "bucket: abc, prefix: ëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëëë | storage: prefix is longer than 512 bytes",
                "bucket: abc, region: 'eu west' | storage: region is no name of a region",
                "bucket: abc, endpoint: 'localhost:9000' | storage: endpoint must be an address such as https://s3.example.com:9000",
                "bucket: abc, endpoint: 'http://a b' | storage.endpoint: \"http://a b\" is not an address;",
                "bucket: abc, pathStyle: yes | storage.pathStyle: \"yes\" is none of false, true",
                "bucket: abc, credentials: { accessKey: a } | storage.credentials.secretKey: missing",
                "bucket: abc, credentials: { secretKey: a } | storage.credentials.accessKey: missing",
                "bucket: abc, credentials: { accessKey: '', secretKey: a } | storage.credentials: accessKey and secretKey must not be blank",
                "bucket: abc, credentials: { role: { arn: archive } } | storage.credentials.role: role.arn must be one of a role:",
                "bucket: abc, credentials: { role: { sessionName: a } } | storage.credentials.role.arn: missing",
                "bucket: abc, encryption: { type: aes } | storage.encryption.type: \"aes\" is none of kms, s3",
                "bucket: abc, encryption: { type: s3, key: a } | storage.encryption: a key is for type kms;",
                "bucket: abc, multipart: { part: 1 MiB } | storage.multipart.part: \"1 MiB\" is not a size from 5 MiB to 5 GiB",
                "bucket: abc, multipart: { parallel: 0 } | storage.multipart.parallel: \"0\" is not a number from 1 to 64",
                "bucket: abc, timeouts: { read: 1ms } | storage.timeouts: timeouts must be 100 ms to 24 h, not PT0.001S",
            })
    void saysWhatIsWrongAndWhere(String keys, String message) {
        assertThat(StorageSection.problemsOf("{ type: s3, " + keys + " }")).contains(message);
    }

    @Test
    void saysNoSecret() throws Exception {
        String keys = "credentials: { accessKey: AKIAXYZ, secretKey: hidden, sessionToken: covered }";

        assertThat(StorageSection.bind("{ type: s3, bucket: abc, " + keys + " }")
                        .toString())
                .contains("abc")
                .doesNotContain("AKIAXYZ", "hidden", "covered");
        assertThat(StorageSection.problemsOf("{ type: s3, bucket: abc, prefix: .., " + keys + " }"))
                .doesNotContain("AKIAXYZ", "hidden", "covered");
    }
}
