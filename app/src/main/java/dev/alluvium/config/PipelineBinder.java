package dev.alluvium.config;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Format;
import dev.alluvium.topology.DataSettings;
import dev.alluvium.topology.PipelineSettings;
import dev.alluvium.topology.SourceSettings;
import java.util.Map;
import java.util.Optional;

/** One pipeline. */
final class PipelineBinder {
    private PipelineBinder() {}

    static BoundPipeline bind(Section section, Bound<String> application, Bound<Map<String, String>> shared) {
        Bound<String> name = section.get(PipelineKeys.NAME);
        Bound<Boolean> enabled = section.get(PipelineKeys.ENABLED);
        Bound<Integer> threads = section.get(PipelineKeys.THREADS);
        Bound<Map<String, String>> kafka = KafkaProperties.bind(section.section(PipelineKeys.KAFKA));
        requireServers(section, shared, kafka);
        Bound<SourceSettings> source = SourceBinder.bind(section.section("source"));
        DataPart data = DataBinder.bind(section.section("data"));
        Section files = section.section("files");
        Bound<WriterSettings> writer = WriterBinder.bind(files);
        Bound<String> key = key(files, data, writer);
        files.end();
        Bound<RotationSettings> rotation = RotationBinder.bind(section.section("rotation"));
        Bound<Integer> openGroups = section.get(PipelineKeys.OPEN_GROUPS);
        Bound<String> deadLetters = topic(
                section.section("deadLetters"), PipelineKeys.DEAD_LETTER_TOPIC, application, name, "dead-letters");
        Bound<String> manifest =
                topic(section.section("manifest"), PipelineKeys.MANIFEST_TOPIC, application, name, "manifest");
        Bound<Boolean> cutOnShutdown = section.get(PipelineKeys.CUT_ON_SHUTDOWN);
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
                cutOnShutdown.get(),
                data.metadata().get(),
                data.late().get().orElse(null)));
        return new BoundPipeline(section, name, source, deadLetters, manifest, settings);
    }

    /** The extension says what a file is: to stores, which serve it as such, and to readers. */
    private static Bound<String> key(Section files, DataPart data, Bound<WriterSettings> writer) {
        boolean isJson = writer.value()
                .filter(settings -> settings.format() == Format.JSON)
                .isPresent();
        String otherwise = isJson ? data.defaultKey().replace(".parquet", ".json") : data.defaultKey();
        Bound<String> key = files.get(PipelineKeys.FILES_KEY.with(KeySyntax.of(data), otherwise));
        if (isJson
                && data.settings()
                        .value()
                        .filter(DataSettings.Deltas.class::isInstance)
                        .isEmpty()) {
            files.problem("format", "json is for data of type delta");
        } else if (writer.value().isPresent()
                && key.value()
                        .filter(template -> template.endsWith(".json") != isJson)
                        .isPresent()) {
            files.problem(
                    "key", isJson ? "must end in .json, as format is json" : "ends in .json, but format is parquet");
        }
        return key;
    }

    private static Bound<String> topic(
            Section section, Key<String> key, Bound<String> application, Bound<String> pipeline, String suffix) {
        Bound<Optional<String>> topic = section.find(key);
        section.end();
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
