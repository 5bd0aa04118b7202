package dev.alluvium.config;

import dev.alluvium.topology.SourceSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold between pipelines. */
final class PipelineChecks {
    private PipelineChecks() {}

    static void check(List<BoundPipeline> pipelines) {
        Map<String, Section> byName = new HashMap<>();
        for (BoundPipeline pipeline : pipelines) {
            pipeline.name().value().ifPresent(name -> {
                Section other = byName.putIfAbsent(name, pipeline.section());
                if (other != null) {
                    pipeline.section().problem("name", "\"" + name + "\" is the name of " + other.path() + " too");
                }
            });
            checkOutputs(pipeline, pipelines);
        }
    }

    /** Whether it is known to be; of one with problems nobody knows. */
    static boolean isDisabled(BoundPipeline pipeline) {
        return pipeline.settings()
                .value()
                .filter(settings -> !settings.enabled())
                .isPresent();
    }

    private static void checkOutputs(BoundPipeline pipeline, List<BoundPipeline> all) {
        pipeline.deadLetterTopic().value().ifPresent(topic -> refuseSource(pipeline, "deadLetters", topic, all));
        pipeline.manifestTopic().value().ifPresent(topic -> refuseSource(pipeline, "manifest", topic, all));
        if (pipeline.deadLetterTopic().value().isPresent()
                && pipeline.deadLetterTopic().equals(pipeline.manifestTopic())) {
            Section manifest = pipeline.section().section("manifest");
            manifest.problem("topic", "\"" + pipeline.manifestTopic().get() + "\" is the dead-letter topic too");
        }
    }

    /** A pipeline that reads what a pipeline writes archives its own output, in a circle for ever. */
    private static void refuseSource(BoundPipeline writer, String key, String topic, List<BoundPipeline> all) {
        for (BoundPipeline reader : all) {
            if (reader.source().value().filter(source -> reads(source, topic)).isPresent()) {
                writer.section()
                        .section(key)
                        .problem(
                                "topic",
                                "\"" + topic + "\" is also a source of "
                                        + reader.section().path());
            }
        }
    }

    private static boolean reads(SourceSettings source, String topic) {
        return source.topics().contains(topic)
                || (source.pattern() != null && source.pattern().matcher(topic).matches());
    }
}
