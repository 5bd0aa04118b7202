package dev.alluvium.config;

/** The keys of a pipeline that are about the pipeline as a whole. */
final class PipelineKeys {
    private static final int MAX_OPEN_GROUPS = 1_000_000;

    static final Key<String> NAME = Key.required(
            "name", Names.NAME, "Second part of the Kafka application id: never changes in the life of an archive");

    static final Key<Boolean> ENABLED = Key.of(
            "enabled",
            Syntax.flag(),
            true,
            "A disabled pipeline is checked, keeps its state and does nothing; its topics' retention goes on");

    static final Key<Integer> THREADS =
            Key.of("threads", Syntax.number(1, 256), 1, "Stream threads. More than partitions are idle");

    static final Key<String> KAFKA =
            Key.group("kafka", "Kafka's own properties", "none", "Properties that differ from the process's");

    static final Key<String> FILES_KEY = Key.optional(
            "key",
            Syntax.text(),
            "by type of data, below",
            "Object key of a file, with placeholders. Two files that come to the same key are kept apart by"
                    + " `-{partition}-{firstOffset}` before the extension");

    static final Key<Integer> OPEN_GROUPS = Key.of(
            "openGroups",
            Syntax.number(1, MAX_OPEN_GROUPS),
            1000,
            "Open batches per partition; beyond it the oldest is cut. Too few make small files, each takes memory");

    static final Key<String> DEAD_LETTER_TOPIC = Key.optional(
            "topic",
            Names.TOPIC,
            "`<application>-<pipeline>-dead-letters`",
            "Where records go that cannot become rows, whole, with the reason in headers. Never a source");

    static final Key<String> MANIFEST_TOPIC = Key.optional(
            "topic",
            Names.TOPIC,
            "`<application>-<pipeline>-manifest`",
            "One record per finished file. Never a source");

    static final Key<Boolean> CUT_ON_SHUTDOWN = Key.of(
            "cutOnShutdown",
            Syntax.flag(),
            false,
            "Whether a shutdown makes files of the open batches; otherwise their records are read again after the next"
                    + " start. `true` makes a small file per group at every restart");

    private PipelineKeys() {}
}
