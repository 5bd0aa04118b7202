package dev.alluvium.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Shows the product at work on this machine alone: starts a broker, produces deltas and telemetry, archives them, and
 * compares the files, read by another engine, with what was produced.
 */
public final class Demo {
    private static final int PARTITIONS = 4;
    private static final int DAYS = 6;
    private static final int SESSIONS = 24;
    private static final String DEAD_LETTERS = "dead-letters";
    private static final String MANIFEST = "manifest";
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);
    private static final long POLL_MS = 100;
    /** The generated records are of the past, and it is not known what the machine's clock says. */
    private static final Map<String, String> SOURCE_TOPIC = Map.of(
            "retention.ms", "-1",
            "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE),
            "message.timestamp.before.max.ms", Long.toString(Long.MAX_VALUE));

    private final Archive.Factory archives;

    public Demo(Archive.Factory archives) {
        this.archives = archives;
    }

    /**
     * Runs the demo to its end.
     *
     * @param out takes the result only: a table or one JSON object
     * @param err takes progress, if it is a terminal, and every difference that is found
     * @return the exit code: 0 when all agrees, 1 when something differs or fails, 2 when the folder must not be used
     */
    public int run(DemoOptions options, PrintStream out, PrintStream err) {
        try (DemoFolder folder = DemoFolder.take(options.dir())) {
            Comparison comparison = run(options, folder, err);
            folder.deleteScaffold();
            if (options.json()) {
                Report.printJson(comparison, out);
            } else {
                Report.printTable(comparison, out);
            }
            for (Comparison.Pipeline pipeline : comparison.pipelines()) {
                pipeline.differences().forEach(text -> err.println(pipeline.name() + ": " + text));
            }
            comparison.strangers().forEach(path -> err.println(path + ": belongs to no pipeline"));
            if (!options.json() && comparison.isEqual()) {
                out.println("Every count and checksum agrees. The files are in "
                        + options.dir().resolve("archive"));
            }
            return comparison.isEqual() ? 0 : 1;
        } catch (DemoFolder.RefusedException e) {
            err.println(e.getMessage());
            return 2;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("The demo was interrupted.");
            return 1;
        } catch (Exception e) {
            err.println("The demo failed:");
            e.printStackTrace(err);
            return 1;
        }
    }

    private Comparison run(DemoOptions options, DemoFolder folder, PrintStream err) throws Exception {
        boolean terminal = ProgressBar.isTerminal(err);
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.broker())) {
            createTopics(broker);
            List<Expectation> expected = produce(broker, options, err, terminal);
            Archive.Site site = new Archive.Site(
                    broker.bootstrapServers(),
                    folder.archive(),
                    folder.work(),
                    Map.of("deltas", "deltas", "telemetry", "telemetry"),
                    DEAD_LETTERS,
                    MANIFEST);
            Map<String, Double> seconds = new LinkedHashMap<>();
            Map<String, Long> deadLetters = new LinkedHashMap<>();
            try (Archive archive = archives.open(site)) {
                archive.start();
                await(archive, expected, options.stallLimit(), seconds, err, terminal);
                archive.drain(DRAIN_LIMIT);
                for (Expectation each : expected) {
                    String pipeline = each.layout().pipeline();
                    deadLetters.put(pipeline, archive.deadLetters(pipeline));
                }
            }
            return compare(folder, expected, deadLetters, seconds);
        }
    }

    private static void createTopics(EmbeddedBroker broker) throws InterruptedException {
        List<NewTopic> topics = new ArrayList<>();
        for (Layout layout : Layout.values()) {
            topics.add(new NewTopic(layout.pipeline(), PARTITIONS, (short) 1).configs(SOURCE_TOPIC));
        }
        topics.add(new NewTopic(DEAD_LETTERS, 1, (short) 1).configs(SOURCE_TOPIC));
        topics.add(new NewTopic(MANIFEST, 1, (short) 1));
        broker.createTopics(topics);
    }

    private static List<Expectation> produce(
            EmbeddedBroker broker, DemoOptions options, PrintStream err, boolean terminal) {
        long deltas = options.records() - options.records() / 2;
        long samples = options.records() / 2;
        DataSet deltaData = new DeltaData(options.seed(), Math.max(1, parts(deltas, DAYS)), options.badEvery());
        DataSet telemetryData =
                new TelemetryData(options.seed(), (int) Math.max(1, parts(samples, SESSIONS)), options.badEvery());
        Expectation ofDeltas = new Expectation(Layout.DELTAS);
        Expectation ofTelemetry = new Expectation(Layout.TELEMETRY);
        ProgressBar progress = new ProgressBar(err, terminal, "producing", options.records());
        try (TopicWriter deltaTopic = new TopicWriter(broker.bootstrapServers(), "deltas", PARTITIONS);
                TopicWriter telemetryTopic = new TopicWriter(broker.bootstrapServers(), "telemetry", PARTITIONS)) {
            for (long i = 0; i < deltas; i++) {
                deltaData.produce(i, deltaTopic, ofDeltas);
                if (i < samples) {
                    telemetryData.produce(i, telemetryTopic, ofTelemetry);
                }
                progress.show(2 * i);
            }
            deltaTopic.finish();
            telemetryTopic.finish();
        }
        progress.show(options.records());
        progress.finish();
        return List.of(ofDeltas, ofTelemetry);
    }

    /** Waits until everything is archived, or nothing has been for too long. */
    private static void await(
            Archive archive,
            List<Expectation> expected,
            Duration stallLimit,
            Map<String, Double> seconds,
            PrintStream err,
            boolean terminal)
            throws InterruptedException {
        long total = expected.stream().mapToLong(Expectation::records).sum();
        ProgressBar progress = new ProgressBar(err, terminal, "archiving", total);
        long begin = System.nanoTime();
        long lastProgress = begin;
        long before = -1;
        while (seconds.size() < expected.size()) {
            long sum = 0;
            long now = System.nanoTime();
            for (Expectation each : expected) {
                String pipeline = each.layout().pipeline();
                long done = archive.rowsArchived(pipeline) + archive.deadLetters(pipeline);
                sum += done;
                if (done >= each.records()) {
                    seconds.putIfAbsent(pipeline, (now - begin) / 1e9);
                }
            }
            progress.show(sum);
            if (sum > before) {
                before = sum;
                lastProgress = now;
            } else if (now - lastProgress > stallLimit.toNanos()) {
                progress.finish();
                err.println("Nothing was archived for " + stallLimit.toSeconds() + " s; " + sum + " of " + total
                        + " records are.");
                expected.forEach(each -> seconds.putIfAbsent(each.layout().pipeline(), (now - begin) / 1e9));
                return;
            }
            Thread.sleep(POLL_MS);
        }
        progress.finish();
    }

    private static Comparison compare(
            DemoFolder folder, List<Expectation> expected, Map<String, Long> deadLetters, Map<String, Double> seconds)
            throws Exception {
        List<Comparison.Pipeline> pipelines = new ArrayList<>();
        try (ArchiveReader reader = new ArchiveReader(folder.archive())) {
            for (Expectation each : expected) {
                String name = each.layout().pipeline();
                pipelines.add(
                        reader.compare(each, deadLetters.getOrDefault(name, 0L), seconds.getOrDefault(name, 0.0)));
            }
            List<String> strangers =
                    reader.strangers(expected.stream().map(Expectation::layout).toList());
            return new Comparison(pipelines, strangers);
        }
    }

    private static long parts(long whole, int count) {
        return (whole + count - 1) / count;
    }
}
