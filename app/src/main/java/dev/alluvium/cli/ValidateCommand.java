package dev.alluvium.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.alluvium.config.Configuration;
import dev.alluvium.config.ConfigurationException;
import dev.alluvium.config.ConfigurationFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Option(
            names = "--connect",
            description = "Also ask Kafka and the store whether a run would work, and print what it must be allowed to"
                    + " do. Leaves nothing behind but a transactional id that expires.")
    private boolean connect;

    @Option(names = "--json", description = "With --connect: print the result as one JSON object.")
    private boolean json;

    ValidateCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws ConfigurationException, IOException, InterruptedException {
        Configuration configuration = ConfigurationFile.read(file, environment);
        PrintWriter out = spec.commandLine().getOut();
        if (!connect || !json) {
            int count = configuration.application().pipelines().size();
            out.println(file + ": ok, " + count + (count == 1 ? " pipeline" : " pipelines"));
        }
        if (!connect) {
            return 0;
        }
        ConnectionReport report = check(configuration);
        if (json) {
            report.printJson(out);
        } else {
            report.printText(out);
        }
        return report.isGood() ? 0 : Main.FAILED;
    }

    /** Kafka's clients log at length what the report says in a line; {@code --debug} shows that too. */
    private ConnectionReport check(Configuration configuration) throws InterruptedException {
        Logger clients = (Logger) LoggerFactory.getLogger("org.apache.kafka");
        Level level = clients.getLevel();
        if (!(spec.root().userObject() instanceof Main main && main.isDebug())) {
            clients.setLevel(Level.OFF);
        }
        try {
            return ConnectionCheck.run(configuration, Clock.systemUTC());
        } finally {
            clients.setLevel(level);
        }
    }
}
