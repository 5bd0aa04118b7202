package dev.alluvium.cli;

import dev.alluvium.config.ConfigurationException;
import dev.alluvium.parquet.FileColumn;
import dev.alluvium.read.DataFile;
import dev.alluvium.read.RowJson;
import dev.alluvium.read.Rows;
import dev.alluvium.storage.ListedObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code alluvium cat PLACE}: rows as lines of JSON, file by file in the order of their keys. */
@Command(name = "cat", description = "Print the rows of data files, a JSON object a line.")
final class CatCommand implements Callable<Integer> {
    /** How often to look whether somebody still reads. */
    private static final int ROWS_BETWEEN_LOOKS = 256;

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

    @Option(names = "--limit", paramLabel = "N", description = "Print no more than N rows.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = "--columns",
            paramLabel = "NAME",
            split = ",",
            description = "Print, and read, only these columns, in this order.")
    private List<String> columns = List.of();

    private long printed;
    private final Set<String> neverFound = new LinkedHashSet<>();

    CatCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException, ConfigurationException {
        if (limit < 0) {
            throw new ParameterException(spec.commandLine(), "--limit is " + limit + ", at least 0 is needed");
        }
        neverFound.addAll(columns);
        return files.find(place, environment, this::print);
    }

    private int print(FilesOption.Found found) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try {
            return print(found, out);
        } finally {
            out.flush();
        }
    }

    private int print(FilesOption.Found found, PrintWriter out) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        if (found.others() > 0) {
            String names = found.others() == 1 ? " file whose name does" : " files whose names do";
            err.println("alluvium: left out " + found.others() + names + " not end in .parquet");
        }
        int opened = 0;
        for (ListedObject object : found.files()) {
            if (printed == limit) {
                break;
            }
            opened++;
            try (DataFile file = found.source().open(object)) {
                if (!found.isOne() && !file.hasFacts()) {
                    err.println("alluvium: left out " + file.key() + ", which Alluvium did not write");
                } else if (!print(file, found.isOne(), out)) {
                    return 0;
                }
            }
        }
        if (!neverFound.isEmpty() && opened == found.files().size()) {
            throw unknown("any of the files");
        } else if (!neverFound.isEmpty() && opened > 0) {
            // A file behind the limit may have it: no mistake yet.
            err.println("alluvium: "
                    + absent("the " + opened + " of " + found.files().size() + " files that were read"));
        }
        return 0;
    }

    private String absent(String where) {
        return "no column " + String.join(", ", neverFound) + " in " + where;
    }

    private ParameterException unknown(String where) {
        return new ParameterException(spec.commandLine(), absent(where));
    }

    /** Prints a file's rows up to the limit; false if nobody reads any more. */
    private boolean print(DataFile file, boolean isOne, PrintWriter out) throws IOException {
        List<FileColumn> all = file.columns();
        List<String> present =
                new ArrayList<>(all.stream().map(FileColumn::name).toList());
        if (!columns.isEmpty()) {
            present.retainAll(columns);
            neverFound.removeAll(present);
            if (isOne && !neverFound.isEmpty()) {
                throw unknown(file.key() + "; there are "
                        + String.join(", ", all.stream().map(FileColumn::name).toList()));
            }
        }
        RowJson json = new RowJson(all);
        if (present.isEmpty()) {
            // A file without any of the columns has its rows all the same.
            return print(emptyRows(file.rowCount()), json, out);
        }
        return print(file.rows(present), json, out);
    }

    private static Rows<Map<String, @Nullable Object>> emptyRows(long count) {
        long[] left = {count};
        return () -> left[0]-- > 0 ? new LinkedHashMap<>() : null;
    }

    private boolean print(Rows<Map<String, @Nullable Object>> rows, RowJson json, PrintWriter out) throws IOException {
        while (printed < limit) {
            Map<String, @Nullable Object> row = rows.next();
            if (row == null) {
                return true;
            }
            out.write(json.line(columns.isEmpty() ? row : chosen(row)));
            out.write('\n');
            if (++printed % ROWS_BETWEEN_LOOKS == 0 && out.checkError()) {
                return false;
            }
        }
        return true;
    }

    private Map<String, @Nullable Object> chosen(Map<String, @Nullable Object> row) {
        Map<String, @Nullable Object> chosen = new LinkedHashMap<>();
        for (String column : columns) {
            chosen.put(column, row.get(column));
        }
        return chosen;
    }
}
