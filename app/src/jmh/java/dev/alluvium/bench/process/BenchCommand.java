package dev.alluvium.bench.process;

import dev.alluvium.bench.BenchData;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code alluvium bench}: everybody archives the same topics, one after another, and what they took stands side by side.
 * Processor time counts, since it holds on a busy machine, where seconds do not; of two sizes, so that start and
 * compilation fall away.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Archive the same topics with Alluvium and with what it is compared with, and measure both.")
public final class BenchCommand implements Callable<Integer> {
    @Option(
            names = "--records",
            split = ",",
            paramLabel = "FEW,MANY",
            defaultValue = "1000000,3000000",
            description = "Sizes of the two topics of a data set (default: ${DEFAULT-VALUE}).")
    private long[] records = {};

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "3",
            description = "Runs of each contestant on each topic (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--datasets",
            split = ",",
            paramLabel = "NAME",
            description = "deltas, telemetry, or both (default).")
    private BenchData[] datasets = BenchData.values();

    @Option(
            names = "--contestants",
            split = ",",
            paramLabel = "NAME",
            description = "poll, parse, handrolled, alluvium, which is the default, or alluvium_by_record.")
    private Contestant[] contestants = Contestant.usual();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "bench",
            description =
                    "For topics and files; must not exist, and goes but for the logs (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("bench");

    @Option(names = "--home", hidden = true, description = "The checkout, which the launcher knows.")
    private Path home = Path.of(".");

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    /** Exits with 0 if every run counts. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (records.length != 2 || records[0] < 1 || records[1] <= records[0]) {
            throw new IllegalArgumentException(
                    "--records needs two sizes, the smaller first, not " + Arrays.toString(records));
        }
        if (runs < 1) {
            throw new IllegalArgumentException("--runs must be positive, not " + runs);
        }
        Path folder = Files.createDirectory(directory.toAbsolutePath());
        Process broker = startBroker(folder.resolve("broker"), folder.resolve("broker.log"));
        try {
            String bootstrapServers;
            try (BufferedReader lines = broker.inputReader(StandardCharsets.UTF_8)) {
                bootstrapServers = lines.readLine();
                if (bootstrapServers == null) {
                    throw new IllegalStateException("the broker did not start; see " + folder.resolve("broker.log"));
                }
                return compare(
                        new Heat(home.toAbsolutePath(), broker.toHandle(), bootstrapServers, folder), bootstrapServers);
            }
        } finally {
            broker.getOutputStream().close();
            broker.waitFor();
            Heat.delete(folder.resolve("broker"));
        }
    }

    private static Process startBroker(Path folder, Path log) throws IOException {
        List<String> command = new ArrayList<>(Contestant.java(BrokerProcess.class, "1g"));
        command.add(folder.toString());
        return new ProcessBuilder(command).redirectError(log.toFile()).start();
    }

    private int compare(Heat heat, String bootstrapServers) throws Exception {
        List<BenchReport.DataSet> result = new ArrayList<>();
        boolean allCount = true;
        for (BenchData data : datasets) {
            data.records(); // fails where they are not those that all benchmarks share
            Topic few = Topic.fill(bootstrapServers, data, records[0]);
            Topic many = Topic.fill(bootstrapServers, data, records[1]);
            List<Run> all = new ArrayList<>();
            for (int run = 0; run < runs; run++) {
                for (Contestant contestant : contestants) {
                    all.add(run(heat, contestant, few));
                    all.add(run(heat, contestant, many));
                }
            }
            allCount &= all.stream().allMatch(Run::counts);
            List<Standing> standings = Arrays.stream(contestants)
                    .map(contestant -> Standing.of(contestant, all, few, many))
                    .toList();
            result.add(new BenchReport.DataSet(many, standings));
        }
        if (json) {
            BenchReport.printJson(result, System.out);
        } else {
            BenchReport.printTable(result, System.out);
        }
        return allCount ? 0 : 1;
    }

    private static Run run(Heat heat, Contestant contestant, Topic topic) throws Exception {
        Run run = heat.run(contestant, topic);
        System.err.printf(
                Locale.ROOT,
                "%s on %s: %.1f s, %.2f CPU s, broker %.2f, %d MiB, %d files, %d bytes%s%n",
                contestant.label(),
                topic.name(),
                run.wallSeconds(),
                run.cpuSeconds(),
                run.brokerCpuSeconds(),
                run.peakRssMiB(),
                run.files(),
                run.bytes(),
                run.counts() ? "" : "; does not count: " + run.fault());
        return run;
    }
}
