package dev.alluvium.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The reference of the configuration, written from the keys that the binders ask for while they read the files under
 * {@code reference/}. Those hold what has no default: one file for the process with a pipeline for each kind of data,
 * and one for each kind of store.
 */
final class ConfigurationReference {
    private static final Path FOLDER = Path.of("src/test/resources/reference");
    private static final String DATA = "pipelines[].data.";
    private static final String STORAGE = "storage.";

    /** A row of a table: a key, and the kinds of data or store that have it. */
    private record Row(String path, Key<?> key, Set<String> types) {}

    private final String process;
    /** By type; {@code local} comes first. */
    private final Map<String, String> storages = new LinkedHashMap<>();

    private final Map<String, List<KnownKeys.Asked>> asked = new LinkedHashMap<>();

    ConfigurationReference() throws IOException, ConfigurationException {
        process = Files.readString(FOLDER.resolve("process.yaml"));
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith("storage-"))
                    .sorted(Comparator.comparing(file -> type(file).equals("local") ? "" : type(file)))
                    .toList()) {
                storages.put(type(file), Files.readString(file));
            }
        }
        for (Map.Entry<String, String> storage : storages.entrySet()) {
            asked.put(storage.getKey(), ask(storage.getKey(), storage.getValue()));
        }
    }

    private static String type(Path file) {
        return file.getFileName().toString().replaceAll("storage-(.*)\\.yaml", "$1");
    }

    private List<KnownKeys.Asked> ask(String type, String storage) throws ConfigurationException {
        KnownKeys known = new KnownKeys();
        String name = "process.yaml and storage-" + type + ".yaml";
        ConfigurationFile.parse(process + storage, new Source(new Problems(name), new Substitution(Map.of()), known));
        return known.asked();
    }

    /** Every key there is: {@code pipelines[].rotation.age}. */
    Set<String> paths() {
        return rows().stream().map(Row::path).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    // ---- the page --------------------------------------------------------------------------------------------------

    /** The page with its tables written anew, each between {@code <!-- keys: NAME -->} and {@code <!-- end -->}. */
    String page(String page) {
        String result = page;
        for (String name : List.of("process", "storage", "pipeline", "data")) {
            String begin = "<!-- keys: " + name + " -->\n";
            int from = result.indexOf(begin);
            int to = result.indexOf("<!-- end -->", from);
            if (from < 0 || to < 0) {
                throw new IllegalStateException("the page has no place for the keys of " + name);
            }
            result = result.substring(0, from + begin.length()) + table(name) + result.substring(to);
        }
        return result;
    }

    private String table(String name) {
        boolean isTyped = name.equals("storage") || name.equals("data");
        StringBuilder table = new StringBuilder();
        table.append("| key |").append(isTyped ? " type |" : "");
        table.append(" default | values | meaning, and what goes wrong otherwise |\n");
        table.append(isTyped ? "|---|---|---|---|---|\n" : "|---|---|---|---|\n");
        for (Row row : rows()) {
            if (tableOf(row.path()).equals(name)) {
                table.append("| `").append(row.path()).append("` |");
                if (isTyped) {
                    table.append(' ').append(types(name, row.types())).append(" |");
                }
                table.append(cell(defaultOf(row.key())))
                        .append(cell(row.key().syntax().values()))
                        .append(cell(row.key().meaning()))
                        .append('\n');
            }
        }
        return table.toString();
    }

    private static String cell(String text) {
        return text.isEmpty() ? " |" : " " + text + " |";
    }

    private static String defaultOf(Key<?> key) {
        return key.absent().isEmpty() && key.otherwise().isPresent()
                ? "`" + key.documentedDefault() + "`"
                : key.absent();
    }

    private static String tableOf(String path) {
        if (path.startsWith(STORAGE)) {
            return "storage";
        }
        return path.startsWith(DATA) ? "data" : path.startsWith("pipelines[].") ? "pipeline" : "process";
    }

    private String types(String table, Set<String> types) {
        int all = table.equals("storage")
                ? storages.size()
                : Set.copyOf(dataTypes().values()).size();
        return types.size() == all ? "all" : String.join(", ", types);
    }

    private List<Row> rows() {
        Map<String, Row> rows = new LinkedHashMap<>();
        Map<Integer, String> dataTypes = dataTypes();
        asked.forEach((storage, questions) -> {
            for (KnownKeys.Asked question : questions) {
                String path = question.path().replaceAll("\\[\\d+]", "[]");
                Row row = rows.computeIfAbsent(
                        path
                                + question.key().documentedDefault()
                                + question.key().meaning(),
                        unused -> new Row(path, question.key(), new LinkedHashSet<>()));
                if (path.startsWith(STORAGE)) {
                    row.types().add(storage);
                } else if (path.startsWith(DATA)) {
                    row.types().add(dataTypes.get(pipeline(question.path())));
                }
            }
        });
        return parentsFirst(rows.values());
    }

    /** A key that only one of the examples has comes right after the key that it belongs to. */
    private static List<Row> parentsFirst(Collection<Row> rows) {
        List<Row> result = new ArrayList<>();
        for (Row row : rows) {
            int at = result.size();
            String parent = "";
            for (int i = 0; i < result.size(); i++) {
                String path = result.get(i).path() + ".";
                if (row.path().startsWith(path)) {
                    parent = path;
                }
                // Behind the parent and the children that it has already.
                if (row.path().startsWith(path) || (!parent.isEmpty() && path.startsWith(parent))) {
                    at = i + 1;
                }
            }
            result.add(at, row);
        }
        return result;
    }

    /** By position of the pipeline. */
    private Map<Integer, String> dataTypes() {
        Map<Integer, String> types = new LinkedHashMap<>();
        for (KnownKeys.Asked question : asked.values().iterator().next()) {
            if (question.path().matches("pipelines\\[\\d+]\\.data\\.type")) {
                types.put(
                        pipeline(question.path()),
                        ReferenceYaml.flow(question.written().orElseThrow()));
            }
        }
        return types;
    }

    private static int pipeline(String path) {
        return Integer.parseInt(path.replaceAll("^pipelines\\[(\\d+)].*", "$1"));
    }

    /** Words that a {@code type} key takes and of which no file under {@code reference/} is an example. */
    List<String> typesWithoutExample() {
        List<String> missing = new ArrayList<>();
        for (Row row : rows()) {
            if (row.path().equals(STORAGE + "type") || row.path().equals(DATA + "type")) {
                for (String word : row.key().syntax().values().split(", ", -1)) {
                    if (!row.types().contains(word.replace("`", ""))) {
                        missing.add(row.path() + ": " + word);
                    }
                }
            }
        }
        return missing;
    }

    // ---- config/reference.yaml -------------------------------------------------------------------------------------

    String yaml() {
        ReferenceYaml yaml = new ReferenceYaml();
        yaml.comment("Every key there is, with its default unless a comment says \"example\". docs/configuration.md"
                + " explains each.");
        List<KnownKeys.Asked> main = asked.values().iterator().next();
        boolean isStorageDone = false;
        for (KnownKeys.Asked question : main) {
            if (!isStorageDone && question.path().startsWith("memory.")) {
                writeOtherStorages(yaml);
                isStorageDone = true;
            }
            boolean isOfFirst = !question.path().startsWith("pipelines[") || pipeline(question.path()) == 0;
            if (question.path().contains("].data.partitionBy[")) {
                continue; // The list is written in one line.
            }
            if (isOfFirst || question.written().isPresent() || question.path().contains("].data.")) {
                yaml.write(question);
            }
        }
        return yaml.toString();
    }

    private void writeOtherStorages(ReferenceYaml yaml) {
        asked.forEach((type, questions) -> {
            if (!type.equals("local")) {
                ReferenceYaml other = new ReferenceYaml();
                questions.stream()
                        .filter(question -> question.path().startsWith(STORAGE))
                        .forEach(other::write);
                yaml.comment("Or, in its place:");
                other.toString().lines().forEach(yaml::comment);
            }
        });
    }
}
