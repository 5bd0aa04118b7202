package dev.alluvium.config;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.topology.PipelineSettings;
import dev.alluvium.topology.SourceSettings;
import java.util.Map;
import java.util.Optional;

/** One pipeline. */
final class PipelineBinder {
    private static final int MAX_OPEN_GROUPS = 1_000_000;

    private PipelineBinder() {}

    static BoundPipeline bind(Section section, Bound<String> application, Bound<Map<String, String>> shared) {
        Bound<String> name = section.required("name", Names.NAME);
        Bound<Boolean> enabled = section.optional("enabled", Syntax.flag(), true);
        Bound<Integer> threads = section.optional("threads", Syntax.number(1, 256), 1);
        Bound<Map<String, String>> kafka = KafkaProperties.bind(section, "kafka");
        requireServers(section, shared, kafka);
        Bound<SourceSettings> source = SourceBinder.bind(section.section("source"));
        DataPart data = DataBinder.bind(section.section("data"));
        Section files = section.section("files");
        Bound<String> key = files.optional("key", KeySyntax.of(data), data.defaultKey());
        Bound<WriterSettings> writer = WriterBinder.bind(files);
        files.end();
        Bound<RotationSettings> rotation = RotationBinder.bind(section.section("rotation"));
        Bound<Integer> openGroups = section.optional("openGroups", Syntax.number(1, MAX_OPEN_GROUPS), 1000);
        Bound<String> deadLetters = topic(section, "deadLetters", application, name, "dead-letters");
        Bound<String> manifest = topic(section, "manifest", application, name, "manifest");
        Bound<Boolean> cutOnShutdown = section.optional("cutOnShutdown", Syntax.flag(), false);
        Bound<PipelineSettings> settings = section.build(() -> new PipelineSettings(
                name.get(),
                enabled.get(),
                kafka.get(),
                source.get(),
                data.settings().get(),
                key.get(),
                writer.get(),
                rotation.get(),
                openGroups.get(),
                deadLetters.get(),
                manifest.get(),
                threads.get(),
                cutOnShutdown.get()));
        return new BoundPipeline(section, name, source, deadLetters, manifest, settings);
    }

    private static Bound<String> topic(
            Section section, String key, Bound<String> application, Bound<String> pipeline, String suffix) {
        Section own = section.section(key);
        Bound<Optional<String>> topic = own.optional("topic", Names.TOPIC);
        own.end();
        return Bound.join(() -> topic.get().orElseGet(() -> application.get() + "-" + pipeline.get() + "-" + suffix));
    }

    private static void requireServers(
            Section section, Bound<Map<String, String>> shared, Bound<Map<String, String>> own) {
        String key = "bootstrap.servers";
        if (shared.value().isPresent()
                && own.value().isPresent()
                && !shared.get().containsKey(key)
                && !own.get().containsKey(key)) {
            section.problem("kafka", "no " + key + ", here or in the kafka properties of the file");
        }
    }
}
