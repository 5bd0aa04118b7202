package dev.alluvium.cli;

import dev.alluvium.config.Configuration;
import dev.alluvium.config.ConfigurationException;
import dev.alluvium.config.ConfigurationFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code alluvium validate FILE}. */
@Command(name = "validate", description = "Report everything that is wrong with a configuration file.")
final class ValidateCommand implements Callable<Integer> {
    private final Map<String, String> environment;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The configuration file.")
    private Path file = Path.of("");

    ValidateCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws ConfigurationException {
        Configuration configuration = ConfigurationFile.read(file, environment);
        int count = configuration.application().pipelines().size();
        spec.commandLine().getOut().println(file + ": ok, " + count + (count == 1 ? " pipeline" : " pipelines"));
        return 0;
    }
}
