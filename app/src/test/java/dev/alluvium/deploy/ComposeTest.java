package dev.alluvium.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alluvium.config.Configuration;
import dev.alluvium.config.ConfigurationFile;
import dev.alluvium.storage.StorageSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** docker-compose.yml as docker-compose itself understands it. */
class ComposeTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> PROFILES = List.of("local", "s3");

    /** By profile, what docker-compose makes of the file. */
    private static final Map<String, Map<String, Service>> UNDERSTOOD = new LinkedHashMap<>();

    @BeforeAll
    static void askDockerCompose() throws Exception {
        boolean there;
        try {
            there = compose("version").start().waitFor() == 0;
        } catch (IOException notInstalled) {
            there = false;
        }
        assumeTrue(there, "docker-compose is not installed (Debian package docker-compose)");
        for (String profile : PROFILES) {
            UNDERSTOOD.put(profile, understand(profile));
        }
    }

    @ParameterizedTest
    @CsvSource({"local, 'alluvium,broker,prometheus,topics'", "s3, 'alluvium-s3,broker,bucket,prometheus,store,topics'"
    })
    void aProfileStarts(String profile, String services) {
        assertThat(services(profile).keySet()).containsExactlyInAnyOrder(services.split(","));
    }

    @ParameterizedTest
    @CsvSource({"local, alluvium", "s3, alluvium-s3"})
    void alluviumCannotWriteButWhereItMust(String profile, String name) {
        Service alluvium = service(profile, name);

        assertThat(alluvium.value("read_only")).isEqualTo(true);
        assertThat(alluvium.value("user")).hasToString("10001");
        assertThat(alluvium.list("volumes")).singleElement().asString().contains("/data");
        assertThat(alluvium.list("tmpfs")).singleElement().asString().startsWith("/tmp:exec,");
    }

    @ParameterizedTest
    @CsvSource({"local, alluvium", "s3, alluvium-s3"})
    void theConfigurationOfAlluviumWritesToItsVolumeOnly(String profile, String name) throws Exception {
        Service alluvium = service(profile, name);

        Configuration configuration = ConfigurationFile.read(alluvium.configuration(), alluvium.environment());

        assertThat(configuration.application().spool()).startsWithRaw(Path.of("/data"));
        assertThat(configuration.application().stateDirectory()).startsWithRaw(Path.of("/data"));
        assertThat(configuration.ops().host()).isEqualTo("0.0.0.0");
        assertThat(alluvium.list("ports"))
                .singleElement()
                .asString()
                .contains(Integer.toString(configuration.ops().port()));
    }

    @ParameterizedTest
    @CsvSource({"local, alluvium", "s3, alluvium-s3"})
    void theConfigurationReadsEveryVariable(String profile, String name) throws Exception {
        Service alluvium = service(profile, name);
        String configuration = Files.readString(alluvium.configuration());

        assertThat(alluvium.environment()).isNotEmpty();
        assertThat(alluvium.environment().keySet())
                // Those are read by the client of S3 itself.
                .filteredOn(variable -> !variable.startsWith("AWS_"))
                .allSatisfy(variable -> assertThat(configuration).containsPattern("\\$\\{" + variable + "[:}]"));
    }

    @Test
    void theBucketIsMadeInTheStoreThatAlluviumWritesTo() throws Exception {
        Service alluvium = service("s3", "alluvium-s3");
        Service bucket = service("s3", "bucket");
        Service store = service("s3", "store");

        StorageSettings.S3 s3 =
                (StorageSettings.S3) ConfigurationFile.read(alluvium.configuration(), alluvium.environment())
                        .storage();

        assertThat(s3.endpoint()).contains(URI.create("http://store:9000"));
        assertThat(bucket.environment()).containsEntry("AWS_ENDPOINT_URL", "http://store:9000");
        assertThat(bucket.list("command")).singleElement().asString().contains("create-bucket --bucket " + s3.bucket());
        assertThat(store.environment()).containsEntry("S3PROXY_ENDPOINT", "http://0.0.0.0:9000");
        for (Service client : List.of(alluvium, bucket)) {
            assertThat(client.environment())
                    .containsEntry("AWS_ACCESS_KEY_ID", store.environment().get("S3PROXY_IDENTITY"))
                    .containsEntry("AWS_SECRET_ACCESS_KEY", store.environment().get("S3PROXY_CREDENTIAL"));
        }
    }

    @ParameterizedTest
    @CsvSource({"local", "s3"})
    void everyImageButOursIsOfOneVersion(String profile) {
        for (Service service : services(profile).values()) {
            if (service.value("build") == null) {
                assertThat(service.value("image")).asString().matches(".+:v?\\d+\\.\\d+\\.\\d+");
            }
        }
    }

    @Test
    void prometheusAsksWhereAlluviumAnswers() throws Exception {
        assertThat(Files.readString(ROOT.resolve("deploy/prometheus.yml"))).contains("\"alluvium:8080\"");
        for (String profile : PROFILES) {
            Service alluvium = service(profile, profile.equals("local") ? "alluvium" : "alluvium-s3");

            assertThat(service(profile, "prometheus").list("volumes"))
                    .singleElement()
                    .asString()
                    .contains("deploy/prometheus.yml");
            assertThat(alluvium.value("networks")).isEqualTo(Map.of("default", Map.of("aliases", List.of("alluvium"))));
        }
    }

    private record Service(Map<?, ?> settings) {
        @Nullable
        Object value(String key) {
            return settings.get(key);
        }

        List<?> list(String key) {
            return settings.get(key) instanceof List<?> list ? list : List.of();
        }

        Map<String, String> environment() {
            Map<String, String> variables = new LinkedHashMap<>();
            map(settings, "environment").forEach((name, value) -> variables.put(name.toString(), value.toString()));
            return variables;
        }

        /** The shipped file that it runs; the image's own command names local.yaml. */
        Path configuration() {
            List<?> command = list("command");
            String file = command.isEmpty()
                    ? "/opt/alluvium/config/local.yaml"
                    : command.get(1).toString();
            assertThat(file).startsWith("/opt/alluvium/config/");
            return ROOT.resolve(file.substring("/opt/alluvium/".length()));
        }
    }

    /** Those that a profile starts, by name, after all that docker-compose puts in. */
    private static Map<String, Service> understand(String profile) throws Exception {
        Process process = compose("--profile", profile, "config")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        Map<?, ?> file = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(printed);
        Map<String, Service> services = new LinkedHashMap<>();
        map(file, "services").forEach((name, settings) -> {
            Service service = new Service((Map<?, ?>) settings);
            if (service.value("profiles") == null || service.list("profiles").contains(profile)) {
                services.put(name.toString(), service);
            }
        });
        return services;
    }

    private static Map<String, Service> services(String profile) {
        return Objects.requireNonNull(UNDERSTOOD.get(profile));
    }

    private static Service service(String profile, String name) {
        return Objects.requireNonNull(services(profile).get(name), name);
    }

    private static Map<?, ?> map(Map<?, ?> in, String key) {
        return Objects.requireNonNull((Map<?, ?>) in.get(key), key);
    }

    private static ProcessBuilder compose(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder("docker-compose").directory(ROOT.toFile());
        builder.command().addAll(List.of(arguments));
        // A person's own choices of file and profile must not decide.
        builder.environment().keySet().removeIf(name -> name.startsWith("COMPOSE_"));
        return builder;
    }
}
