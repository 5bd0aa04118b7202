package dev.alluvium.config;

import dev.alluvium.ops.OpsSettings;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.topology.ApplicationSettings;
import dev.alluvium.topology.PipelineSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The file as a whole. */
final class ConfigurationBinder {
    private ConfigurationBinder() {}

    static Bound<Configuration> bind(Section root) {
        Bound<String> name = root.get(ProcessKeys.APPLICATION);
        Bound<Map<String, String>> kafka = KafkaProperties.bind(root.section(ProcessKeys.KAFKA));
        Bound<StorageSettings> storage = StorageBinder.bind(root.section("storage"));
        Bound<Long> memory = single(root, "memory", ProcessKeys.MEMORY_BUDGET);
        Section spool = root.section("spool");
        Bound<Path> spoolPath = spool.get(ProcessKeys.SPOOL_PATH);
        Bound<Long> spoolLimit = spool.get(ProcessKeys.SPOOL_LIMIT);
        spool.end();
        Bound<Path> state = single(root, "state", ProcessKeys.STATE_PATH);
        Bound<Integer> uploadThreads = single(root, "uploads", ProcessKeys.UPLOAD_THREADS);
        Bound<Duration> startTimeout = single(root, "startup", ProcessKeys.STARTUP_TIMEOUT);
        Bound<Duration> drainTimeout = single(root, "shutdown", ProcessKeys.SHUTDOWN_TIMEOUT);
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
                ops.get(),
                startTimeout.get()));
    }

    /** A section with one key. */
    private static <T> Bound<T> single(Section root, String name, Key<T> key) {
        Section section = root.section(name);
        Bound<T> value = section.get(key);
        section.end();
        return value;
    }

    private static Bound<OpsSettings> ops(Section section) {
        Bound<String> host = section.get(ProcessKeys.OPS_HOST);
        Bound<Integer> port = section.get(ProcessKeys.OPS_PORT);
        return section.build(() -> new OpsSettings(host.get(), port.get()));
    }

    private static Bound<List<PipelineSettings>> pipelines(
            Section root, Bound<String> application, Bound<Map<String, String>> kafka) {
        List<Section> sections = root.sections(ProcessKeys.PIPELINES);
        if (sections.isEmpty()) {
            root.problem("pipelines", "needs at least one pipeline");
            return Bound.invalid();
        }
        List<BoundPipeline> bound = new ArrayList<>();
        for (Section section : sections) {
            bound.add(PipelineBinder.bind(section, application, kafka));
        }
        PipelineChecks.check(bound);
        if (bound.stream().allMatch(PipelineChecks::isDisabled)) {
            root.problem("pipelines", "none is enabled; write enabled: true in one of them, or leave the key out");
            return Bound.invalid();
        }
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
