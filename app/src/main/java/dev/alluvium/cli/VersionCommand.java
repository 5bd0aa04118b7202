package dev.alluvium.cli;

import dev.alluvium.parquet.WriterVersion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code alluvium version}. */
@Command(name = "version", description = "Print which build this is, and of Java.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .println("alluvium " + WriterVersion.current() + " on Java " + System.getProperty("java.version"));
        return 0;
    }
}
