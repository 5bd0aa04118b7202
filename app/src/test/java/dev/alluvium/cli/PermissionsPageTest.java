package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.config.ConfigurationFile;
import dev.alluvium.storage.StoragePermission;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.S3.Credentials;
import dev.alluvium.storage.StorageSettings.S3.Encryption;
import dev.alluvium.storage.StorageSettings.S3.Role;
import dev.alluvium.topology.Acl;
import dev.alluvium.topology.ApplicationSettings;
import dev.alluvium.topology.KafkaCheck;
import dev.alluvium.topology.PipelineSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs/permissions.md asks for what {@code validate --connect} prints, and for nothing else. */
class PermissionsPageTest {
    private String page = "";

    @SuppressWarnings("NullAway.Init")
    private ApplicationSettings application;

    @SuppressWarnings("NullAway.Init")
    private PipelineSettings deltas;

    @BeforeEach
    void read() throws Exception {
        page = Files.readString(Path.of("../docs/permissions.md"));
        application = ConfigurationFile.read(Path.of("../config/local.yaml"), Map.of())
                .application();
        deltas = application.pipelines().get(0);
    }

    @Test
    void hasTheRightsThatAreAlwaysNeeded() {
        assertThat(block("\nAlways,")).containsExactlyElementsOf(ofDeltas(Acl.Need.ALWAYS));
    }

    @Test
    void hasTheRightsToCreate() {
        assertThat(block("\nOnly if Alluvium is to create")).containsExactlyElementsOf(ofDeltas(Acl.Need.TO_CREATE));
    }

    @Test
    void hasTheTopicsToCreateBeforehand() {
        assertThat(block("## Topics made beforehand"))
                .containsExactlyElementsOf(KafkaCheck.createTopics(application, deltas, 6));
    }

    @Test
    void hasTheRightsInEveryStore() {
        assertThat(rows("`storage.type: local`"))
                .containsExactlyElementsOf(table(new StorageSettings.Local(Path.of("./archive"))));
        StorageSettings.S3 plain = StorageSettings.S3.of("my-archive");
        StorageSettings.S3 full = new StorageSettings.S3(
                plain.bucket(),
                "lake",
                plain.region(),
                plain.endpoint(),
                plain.isPathStyle(),
                new Credentials(
                        Optional.empty(),
                        Optional.of(new Role(
                                "arn:aws:iam::123456789012:role/archive",
                                Optional.empty(),
                                Role.DEFAULT_SESSION_NAME))),
                new Encryption.OfKms(Optional.of("arn:aws:kms:eu-west-1:123456789012:key/my-key")),
                plain.multipart(),
                plain.timeouts());
        assertThat(rows("`storage.type: s3`")).containsExactlyElementsOf(table(full));
        assertThat(table(plain)).hasSize(6);
        StorageSettings.Gcs gcs = new StorageSettings.Gcs(
                "my-archive",
                "",
                Optional.of("my-project"),
                new StorageSettings.Gcs.Account.OfEnvironment(),
                Optional.empty(),
                StorageSettings.Gcs.DEFAULT_CHUNK_BYTES,
                Optional.of("projects/p/locations/eu/keyRings/r/cryptoKeys/k"),
                StorageSettings.Gcs.Waits.DEFAULT);
        assertThat(rows("`storage.type: gcs`")).containsExactlyElementsOf(table(gcs));
    }

    private List<String> ofDeltas(Acl.Need need) {
        List<String> acls = ConnectionCheck.acls(application, need).stream()
                .filter(command -> command.contains("deltas"))
                .toList();
        assertThat(acls).isNotEmpty();
        return acls;
    }

    /** The lines of the first block of code after a text. */
    private List<String> block(String after) {
        int start = page.indexOf("```\n", page.indexOf(after)) + "```\n".length();
        assertThat(page).contains(after);
        return page.substring(start, page.indexOf("\n```", start)).lines().toList();
    }

    /** The rows of the first table after a text. */
    private List<String> rows(String after) {
        assertThat(page).contains(after);
        return Arrays.stream(page.substring(page.indexOf("|---", page.indexOf(after)))
                        .split("\n"))
                .skip(1)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }

    private static List<String> table(StorageSettings settings) {
        return StoragePermission.of(settings).stream()
                .map(it -> "| " + it.action() + " | " + it.resource() + " | " + it.purpose() + " |")
                .toList();
    }
}
