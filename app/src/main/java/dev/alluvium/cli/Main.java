package dev.alluvium.cli;

import dev.alluvium.demo.Demo;
import dev.alluvium.demo.DemoOptions;
import dev.alluvium.demo.RunningArchive;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The program {@code alluvium}. Exit codes: 0 done, 1 failed while running, 2 used or configured wrongly. Results go to
 * standard output, errors to standard error, each in one line.
 */
@Command(
        name = "alluvium",
        description = "Archives Kafka topics of protobuf messages as Parquet files, exactly once.",
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    static final int FAILED = 1;
    static final int MISUSED = 2;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show stack traces of errors.")
    private boolean isDebug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli reads it.
    private boolean isHelp;

    private Main() {}

    boolean isDebug() {
        return isDebug;
    }

    /** Runs one command and exits. */
    public static void main(String[] args) {
        // Not the default: in the C locale that would put question marks in place of what rows hold.
        Charset charset = StandardCharsets.UTF_8;
        CommandLine commands = commands(
                System.getenv(),
                new ArchiveRun(),
                // The demo's classes need jars that a distribution leaves out: they are named where they are needed.
                (records, directory, isJson) -> new Demo(RunningArchive::open)
                        .run(DemoOptions.of(records, directory, isJson), System.out, System.err),
                new PrintWriter(System.out, true, charset),
                new PrintWriter(System.err, true, charset));
        System.exit(commands.execute(args));
    }

    /** All commands, bound to an environment. */
    static CommandLine commands(
            Map<String, String> environment,
            RunCommand.Runner run,
            DemoCommand.Runner demo,
            PrintWriter out,
            PrintWriter err) {
        Main main = new Main();
        return new CommandLine(main)
                .addSubcommand(new RunCommand(environment, run))
                .addSubcommand(new ValidateCommand(environment))
                .addSubcommand(new CatCommand(environment))
                .addSubcommand(new InspectCommand(environment))
                .addSubcommand(new DemoCommand(demo))
                .addSubcommand(new VersionCommand())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((failure, command, parsed) -> Errors.report(failure, main.isDebug, err))
                .setParameterExceptionHandler((failure, args) -> {
                    err.println("alluvium: " + Errors.oneLine(failure) + "; see alluvium --help");
                    return MISUSED;
                });
    }
}
