package dev.alluvium;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/acceptance.md is complete, and points to tests that there are. */
class AcceptanceTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z0-9]+-\\d+b?) \\| ([^|]*) \\| ([^|]*) \\|$");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))(?:\\.(\\w+))?`");
    private static final Set<String> WORKS =
            Set.of("catalogue", "compaction", "query", "import", "verify", "speed", "operations");

    private record Row(String id, String requirement, String status) {}

    private static List<Row> rows() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "acceptance.md"));
        return ROW.matcher(page)
                .results()
                .map(row -> new Row(row.group(1), row.group(2), row.group(3)))
                .toList();
    }

    @Test
    void everyIdIsThereOnceInItsOrder() throws IOException {
        List<String> ids = ids();

        assertThat(ids).hasSize(237).doesNotHaveDuplicates();
        assertThat(rows()).extracting(Row::id).containsExactlyElementsOf(ids);
        assertThat(rows()).allSatisfy(row -> assertThat(row.requirement()).isNotBlank());
    }

    private static List<String> ids() throws IOException {
        try (InputStream in = AcceptanceTest.class.getResourceAsStream("/acceptance-ids.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return List.of(text.strip().split("\\s+"));
        }
    }

    @Test
    void everyIdIsShownOpenOrOutside() throws IOException {
        for (Row row : rows()) {
            String[] status = row.status().split(": ", 2);
            assertThat(status).as(row.id()).hasSize(2);
            switch (status[0]) {
                case "shown" -> assertThat(status[1]).as(row.id()).matches("(" + TEST.pattern() + "(, (?=`)|$))+");
                case "open" -> assertThat(WORKS).as(row.id()).contains(status[1]);
                case "outside" -> assertThat(status[1]).as(row.id()).isNotBlank();
                default -> throw new AssertionError(row.id() + " is " + row.status());
            }
        }
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        Map<String, String> sources = sources();
        List<String> named = new ArrayList<>();
        for (Row row : rows()) {
            for (MatchResult test : TEST.matcher(row.status()).results().toList()) {
                named.add(test.group());
                String source = sources.get(test.group(1));
                assertThat(source).as(row.id() + " names " + test.group(1)).isNotNull();
                String method = test.group(2);
                String wanted =
                        method == null ? "@(Test|ParameterizedTest|RepeatedTest)\\b" : "\\bvoid " + method + "\\(";
                assertThat(source).as(row.id() + " names " + test.group()).containsPattern(wanted);
            }
        }
        assertThat(named).hasSizeGreaterThan(100);
    }

    /** Of every test class by its simple name. */
    private static Map<String, String> sources() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of("src", "test", "java"))) {
            files = all.filter(file -> file.toString().endsWith(".java")).toList();
        }
        Map<String, String> sources = new HashMap<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
        }
        return sources;
    }
}
