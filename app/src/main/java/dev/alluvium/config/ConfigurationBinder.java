package dev.alluvium.config;

import static dev.alluvium.config.DurationSyntax.DURATION;

import dev.alluvium.ops.OpsSettings;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.topology.ApplicationSettings;
import dev.alluvium.topology.PipelineSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The file as a whole. Every default that stands here is explained in docs/configuration.md. */
final class ConfigurationBinder {
    private ConfigurationBinder() {}

    static Bound<Configuration> bind(Section root) {
        Bound<String> name = root.required("application", Names.NAME);
        Bound<Map<String, String>> kafka = KafkaProperties.bind(root, "kafka");
        Bound<StorageSettings> storage = StorageBinder.bind(root.section("storage"));
        Bound<Long> memory = single(root, "memory", "budget", SizeSyntax.between(16 << 20, 1L << 50), 256L << 20);
        Section spool = root.section("spool");
        Bound<Path> spoolPath = spool.optional("path", Syntax.path(), Path.of("spool"));
        Bound<Long> spoolLimit = spool.optional("limit", SizeSyntax.between(1 << 20, 1L << 60), 10L << 30);
        spool.end();
        Bound<Path> state = single(root, "state", "path", Syntax.path(), Path.of("state"));
        Bound<Integer> uploadThreads = single(root, "uploads", "threads", Syntax.number(1, 256), 4);
        Bound<Duration> drainTimeout = single(root, "shutdown", "timeout", DURATION, Duration.ofSeconds(60));
        Bound<OpsSettings> ops = ops(root.section("ops"));
        Bound<List<PipelineSettings>> pipelines = pipelines(root, name, kafka);
        requireApart(spool, spoolPath, state);
        return root.build(() -> new Configuration(
                new ApplicationSettings(
                        name.get(),
                        kafka.get(),
                        memory.get(),
                        state.get(),
                        spoolPath.get(),
                        spoolLimit.get(),
                        uploadThreads.get(),
                        drainTimeout.get(),
                        pipelines.get()),
                storage.get(),
                ops.get()));
    }

    /** A section with one key. */
    private static <T> Bound<T> single(Section root, String key, String inner, Syntax<T> syntax, T otherwise) {
        Section section = root.section(key);
        Bound<T> value = section.optional(inner, syntax, otherwise);
        section.end();
        return value;
    }

    private static Bound<OpsSettings> ops(Section section) {
        Bound<String> host = section.optional("host", Syntax.text(), OpsSettings.DEFAULT.host());
        Bound<Integer> port = section.optional("port", Syntax.number(0, 65535), OpsSettings.DEFAULT.port());
        return section.build(() -> new OpsSettings(host.get(), port.get()));
    }

    private static Bound<List<PipelineSettings>> pipelines(
            Section root, Bound<String> application, Bound<Map<String, String>> kafka) {
        List<Section> sections = root.sections("pipelines");
        if (sections.isEmpty()) {
            root.problem("pipelines", "needs at least one pipeline");
            return Bound.invalid();
        }
        List<BoundPipeline> bound = new ArrayList<>();
        for (Section section : sections) {
            bound.add(PipelineBinder.bind(section, application, kafka));
        }
        PipelineChecks.check(bound);
        return Bound.all(bound.stream().map(BoundPipeline::settings).toList());
    }

    /** A dirty close deletes a task's directory, and everything in the spool is deleted at start. */
    private static void requireApart(Section spool, Bound<Path> spoolPath, Bound<Path> state) {
        if (spoolPath.value().isEmpty() || state.value().isEmpty()) {
            return;
        }
        Path one = spoolPath.get().toAbsolutePath().normalize();
        Path other = state.get().toAbsolutePath().normalize();
        if (one.startsWith(other) || other.startsWith(one)) {
            spool.problem("path", "the spool and state.path must not contain each other");
        }
    }
}
