package dev.alluvium.cli;

import dev.alluvium.config.Configuration;
import dev.alluvium.config.ConfigurationFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code alluvium run FILE}: reads the configuration and hands it to what runs it. */
@Command(name = "run", description = "Archive what the pipelines of a configuration file say, until stopped.")
final class RunCommand implements Callable<Integer> {
    /** Runs a configuration until it is stopped. */
    @FunctionalInterface
    interface Runner {
        /**
         * Returns the exit code when everything has stopped.
         *
         * @param drain whether to finish only what the ledger decided, and stop
         */
        int run(Configuration configuration, boolean drain) throws Exception;
    }

    private final Map<String, String> environment;
    private final Runner runner;

    @Parameters(paramLabel = "FILE", description = "The configuration file.")
    private Path file = Path.of("");

    @Option(
            names = "--drain",
            description =
                    "Finish what was decided under this configuration, so that a changed one may follow, and stop.")
    private boolean drain;

    RunCommand(Map<String, String> environment, Runner runner) {
        this.environment = environment;
        this.runner = runner;
    }

    @Override
    public Integer call() throws Exception {
        return runner.run(ConfigurationFile.read(file, environment), drain);
    }
}
