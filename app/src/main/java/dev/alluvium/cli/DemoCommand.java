package dev.alluvium.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code alluvium demo}. The demo's classes need jars that a distribution leaves out, so they are not named here. */
@Command(name = "demo", description = "Archive generated data from an embedded broker and check every value.")
final class DemoCommand implements Callable<Integer> {
    /** Runs the demo. */
    @FunctionalInterface
    interface Runner {
        /**
         * Returns the exit code: 1 if the archive differs from what was produced.
         *
         * @param records over all topics
         * @param directory for everything the demo writes
         * @param json whether the result is one JSON object
         */
        int run(long records, Path directory, boolean json) throws Exception;
    }

    private final Runner runner;

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "200000",
            description = "Records to produce (default: ${DEFAULT-VALUE}).")
    private long records;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "demo",
            description = "Where everything is written, the files under DIR/archive (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("demo");

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    DemoCommand(Runner runner) {
        this.runner = runner;
    }

    @Override
    public Integer call() throws Exception {
        if (records < 1) {
            throw new IllegalArgumentException("--records must be positive, not " + records);
        }
        try {
            return runner.run(records, directory, json);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "demo needs the embedded broker and DuckDB, which are not on the class path (" + e.getMessage()
                            + "); run ./alluvium demo in a source checkout",
                    e);
        }
    }
}
