package dev.alluvium.config;

import dev.alluvium.topology.PipelineSettings;
import dev.alluvium.topology.SourceSettings;

/**
 * A pipeline as far as it could be read: enough for the checks between pipelines to run although one of them has
 * problems.
 */
record BoundPipeline(
        Section section,
        Bound<String> name,
        Bound<SourceSettings> source,
        Bound<String> deadLetterTopic,
        Bound<String> manifestTopic,
        Bound<PipelineSettings> settings) {}
