package dev.alluvium;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.batch.RotationReason;
import dev.alluvium.batch.Rule;
import dev.alluvium.decode.Rejection;
import dev.alluvium.parquet.FileFacts;
import dev.alluvium.proto.ledger.v1.Cut;
import dev.alluvium.proto.ledger.v1.GroupEntry;
import dev.alluvium.proto.ledger.v1.LedgerKey;
import dev.alluvium.proto.ledger.v1.PartitionEntry;
import dev.alluvium.proto.ledger.v1.SchemaEpoch;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.topology.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages say what the code says: names that go stale, and lists that lack an entry, fail here. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..");

    static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path page) throws IOException {
        for (String target : matches("\\]\\(([^)#:]+)\\)", Files.readString(page))) {
            assertThat(page.resolveSibling(target)).exists();
        }
    }

    // ---- docs/design.md and README.md ------------------------------------------------------------------------------

    @Test
    void everyClassThatTheDesignNamesExists() throws IOException {
        List<String> named = matches("`([A-Z][a-z]\\w*)`", page("docs/design.md"));

        assertThat(named).hasSizeGreaterThan(30);
        assertThat(classes()).containsAll(named);
    }

    @Test
    void everyTestThatTheReadmeNamesExists() throws IOException {
        List<String> named = matches("`([A-Z][a-z]\\w*)`", page("README.md"));

        assertThat(named).hasSizeGreaterThan(5);
        assertThat(classes()).containsAll(named);
    }

    /** Of main and of tests, by the names of their files. */
    private static Set<String> classes() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            Set<String> names = new HashSet<>();
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .forEach(name -> names.add(name.substring(0, name.length() - ".java".length())));
            return names;
        }
    }

    @Test
    void theDesignExplainsEveryRuleAndEveryStage() throws IOException {
        Set<String> constants = new TreeSet<>();
        Arrays.stream(Rule.values()).map(Rule::name).forEach(constants::add);
        Arrays.stream(Stage.values()).map(Stage::name).forEach(constants::add);

        assertThat(new TreeSet<>(matches("`([A-Z]{2}[A-Z_]*)`", page("docs/design.md"))))
                .isEqualTo(constants);
        assertThat(matches("(?m)^\\| `([A-Z_]+)` \\|", page("docs/design.md")))
                .containsExactlyElementsOf(
                        Arrays.stream(Rule.values()).map(Rule::name).toList());
    }

    @Test
    void thePackageMapOfTheDesignIsTheOneThatIsTested() throws IOException {
        Map<String, Set<String>> documented = new HashMap<>();
        Pattern.compile("(?m)^\\| `([a-z0-9.]+)` \\| [^|]+ \\| ([^|]+) \\|$")
                .matcher(page("docs/design.md"))
                .results()
                .forEach(row -> documented.put(
                        row.group(1),
                        row.group(2).equals("everything")
                                ? PackageMapTest.EVERYTHING
                                : Set.copyOf(matches("`([a-z0-9.]+)`", row.group(2)))));

        assertThat(documented).isEqualTo(PackageMapTest.MAY_KNOW);
    }

    // ---- docs/formats.md, docs/errors.md, docs/types.md ------------------------------------------------------------

    @Test
    void theFormatsNameEveryKeyOfTheFooter() throws IOException {
        FileFacts facts = new FileFacts("", "", "", 0, "", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", 0, "", "", Map.of());

        assertThat(matches("(?m)^\\| `(alluvium\\.[a-z.]+)` \\|", section("docs/formats.md", "### Footer")))
                .containsExactlyElementsOf(facts.toFooter().keySet());
    }

    @Test
    void theFormatsNameEveryFieldOfTheManifest() throws IOException {
        assertThat(matches("(?m)^\\| (\\d+ \\| `[a-z_]+`) \\|", section("docs/formats.md", "## The manifest")))
                .containsExactlyElementsOf(fields(DataFile.getDescriptor()));
    }

    @Test
    void theFormatsNameEveryFieldOfTheLedger() throws IOException {
        List<String> all = new ArrayList<>();
        for (Descriptor message : List.of(
                LedgerKey.getDescriptor(),
                PartitionEntry.getDescriptor(),
                SchemaEpoch.getDescriptor(),
                GroupEntry.getDescriptor(),
                Cut.getDescriptor())) {
            all.addAll(fields(message));
        }

        assertThat(matches(
                        "(?m)^\\| (?:`\\w+`)? ?\\| (\\d+ \\| `[a-z_]+`) \\|",
                        section("docs/formats.md", "## The ledger")))
                .containsExactlyElementsOf(all);
    }

    private static List<String> fields(Descriptor message) {
        return message.getFields().stream()
                .map(field -> field.getNumber() + " | `" + field.getName() + "`")
                .toList();
    }

    @Test
    void theFormatsNameEveryReasonToCloseAFile() throws IOException {
        String page = section("docs/formats.md", "## The manifest");
        String sentence = page.substring(page.indexOf("Why a file was closed"));

        assertThat(matches("`([a-z_]+)`", sentence))
                .containsExactlyElementsOf(Arrays.stream(RotationReason.values())
                        .map(RotationReason::label)
                        .toList());
    }

    @Test
    void theErrorsNameEveryReasonOfADeadLetter() throws IOException {
        assertThat(matches("(?m)^\\| `([a-z_0-9]+)` \\|", section("docs/errors.md", "## Reasons of dead letters")))
                .containsExactlyElementsOf(Arrays.stream(Rejection.Reason.values())
                        .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    @Test
    void everyTestThatTheErrorsNameExists() throws IOException {
        List<String> named = matches("`([A-Z]\\w*(?:IT|Test)\\.\\w+)`", page("docs/errors.md"));

        assertThat(named).hasSizeGreaterThan(20).allSatisfy(test -> {
            int dot = test.indexOf('.');
            assertThat(source(test.substring(0, dot))).contains("void " + test.substring(dot + 1) + "(");
        });
    }

    private static String source(String testClass) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            Path file = files.filter(path -> path.endsWith(testClass + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no test class " + testClass));
            return Files.readString(file);
        }
    }

    @Test
    void theTypesNameEveryScalar() throws IOException {
        assertThat(matches("\\b([A-Z][A-Z0-9_]+)\\b", page("docs/types.md")))
                .containsAll(Arrays.stream(ColumnType.Scalar.values())
                        .map(Enum::name)
                        .toList());
    }

    private static String page(String name) throws IOException {
        return Files.readString(ROOT.resolve(name));
    }

    /** From a heading to the next one of any level. */
    private static String section(String name, String heading) throws IOException {
        String page = page(name) + "\n#";
        int start = page.indexOf("\n" + heading + "\n");
        assertThat(start).as(heading + " in " + name).isNotNegative();
        int body = start + heading.length() + 2;
        return page.substring(body, page.indexOf("\n#", body));
    }

    private static List<String> matches(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
