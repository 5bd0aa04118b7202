package dev.alluvium.config;

import dev.alluvium.ops.OpsSettings;
import java.nio.file.Path;
import java.time.Duration;

/** The keys of the process, which all pipelines share. */
final class ProcessKeys {
    static final Key<String> APPLICATION = Key.required(
            "application",
            Names.NAME,
            "Prefix of every Kafka application id, and therefore the identity of the ledgers: with another name the"
                    + " archive starts anew; two installations of one name on one cluster share the work");

    static final Key<String> KAFKA = Key.group(
            "kafka",
            "Kafka's own properties",
            "`bootstrap.servers` is required, here or in each pipeline",
            "Properties for every Kafka client, as Kafka spells them, prefixes such as `consumer.` included. Those on"
                    + " which exactly-once rests (`processing.guarantee`, `isolation.level`, `enable.auto.commit`,"
                    + " `auto.offset.reset`, serializers, exception handlers, ...) are refused");

    static final Key<Long> MEMORY_BUDGET = Key.of(
            "budget",
            SizeSyntax.between(16 << 20, 1L << 50),
            256L << 20,
            "Arrow buffers, pages and uploads of the process, outside the Java heap. Less means smaller row groups"
                    + " (slower to read); more than the machine has gets the process killed");

    static final Key<Path> SPOOL_PATH = Key.of(
            "path",
            Syntax.path(),
            Path.of("spool"),
            "Files grow here before they are uploaded. **Emptied at every start**, and one process only; never inside"
                    + " `state.path` or around it");

    static final Key<Long> SPOOL_LIMIT = Key.of(
            "limit",
            SizeSyntax.between(1 << 20, 1L << 60),
            10L << 30,
            "Disk that the spool may take. Consumption pauses before it is reached, so a small one stops the stream"
                    + " when the store is away, a large one fills the disk");

    static final Key<Path> STATE_PATH =
            Key.of("path", Syntax.path(), Path.of("state"), "Kafka Streams' own files. May be lost at any time");

    static final Key<Integer> UPLOAD_THREADS = Key.of(
            "threads",
            Syntax.number(1, 256),
            4,
            "Uploads at once. Too few and files queue in the spool; each takes memory of the budget");

    static final Key<Duration> STARTUP_TIMEOUT = Key.of(
            "timeout",
            DurationSyntax.DURATION,
            Duration.ofSeconds(30),
            "How long a start waits for a broker and for a store that do not answer, before it gives up with exit code"
                    + " 1. Short ones fail where everything starts at once, long ones hide a wrong address");

    static final Key<Duration> SHUTDOWN_TIMEOUT = Key.of(
            "timeout",
            DurationSyntax.DURATION,
            Duration.ofMinutes(1),
            "How long a shutdown waits for uploads that are under way. What is not done then is done after the next"
                    + " start, with the same content; set what ends the process (Kubernetes' grace period) to more");

    static final Key<String> OPS_HOST = Key.of(
            "host",
            Syntax.text(),
            OpsSettings.DEFAULT.host(),
            "Address of `/metrics`, `/health` and `/ready`. They ask for no password: open them to a trusted network"
                    + " only");

    static final Key<Integer> OPS_PORT =
            Key.of("port", Syntax.number(0, 65535), OpsSettings.DEFAULT.port(), "0 for any free port");

    static final Key<String> PIPELINES =
            Key.group("pipelines", "list", "required, at least one", "Pipelines share the process and nothing else");

    private ProcessKeys() {}
}
