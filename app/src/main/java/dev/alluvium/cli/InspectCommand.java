package dev.alluvium.cli;

import dev.alluvium.config.ConfigurationException;
import dev.alluvium.read.DataFile;
import dev.alluvium.storage.ListedObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code alluvium inspect FILE}: what a footer says. Reads nothing else of the file. */
@Command(name = "inspect", description = "Print the schema, the row groups and the facts of data files.")
final class InspectCommand implements Callable<Integer> {
    private final Map<String, String> environment;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE|PREFIX",
            description = "A file, a folder, or what the names of several files begin with.")
    private String place = "";

    @Mixin
    private final FilesOption files = new FilesOption();

    @Option(names = "--json", description = "Print a JSON object a line and file.")
    private boolean json;

    InspectCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException, ConfigurationException {
        return files.find(place, environment, this::print);
    }

    private int print(FilesOption.Found found) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        for (ListedObject object : found.files()) {
            try (DataFile file = found.source().open(object)) {
                if (json) {
                    out.println(FileReport.json(file, object.size()));
                } else {
                    out.print(FileReport.text(file, object.size()));
                }
            }
            if (out.checkError()) {
                break;
            }
        }
        return 0;
    }
}
