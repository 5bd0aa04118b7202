package dev.alluvium.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Changes to the reference file, in every place or in many: problems with lines come of them, never an exception. */
class ConfigurationPropertyTest {
    private static final Path REFERENCE = Path.of("../config/reference.yaml");
    private static final Pattern KEY = Pattern.compile("(?m)([A-Za-z.]+):(?=[ \n])");

    private static final String NOISE = "{}[]:,&*!|>'\"%@`#-? \n\t$~\u0000\u2028";

    private final String reference = read();

    private static String read() {
        try {
            return Files.readString(REFERENCE).replaceAll("(?m)(^| +)#.*$", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void reportsEveryRenamedKeyInItsLine() {
        int renamed = 0;
        for (Matcher key = KEY.matcher(reference); key.find(); ) {
            // What stands below kafka, tables and columns is data: any name may be right there.
            if (List.of(
                            "bootstrap.servers",
                            "todos",
                            "title",
                            "done",
                            "priority",
                            "meta",
                            "timestamp",
                            "partition",
                            "metadata")
                    .contains(key.group(1))) {
                continue;
            }
            String changed =
                    new StringBuilder(reference).insert(key.start(1), "zz").toString();
            long line = 1
                    + reference
                            .substring(0, key.start())
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
            // Without its type nobody can say which keys a section has; so that is what is reported.
            boolean isType = key.group(1).equals("type");
            String expected = isType ? "type: missing" : "zz" + key.group(1) + ": unknown key; ";
            assertThat(problems(changed))
                    .as("zz%s in line %s", key.group(1), line)
                    .anyMatch(
                            problem -> problem.contains(expected) && (isType || problem.startsWith("a.yaml:" + line)));
            renamed++;
        }
        assertThat(renamed).isGreaterThan(60);
    }

    @Test
    void neverThrowsAnythingButProblemsWhateverLinesAreLost() {
        List<String> lines = reference.lines().toList();
        for (int from = 0; from < lines.size(); from++) {
            for (int count = 1; count <= 3 && from + count <= lines.size(); count++) {
                List<String> rest = new ArrayList<>(lines.subList(0, from));
                rest.addAll(lines.subList(from + count, lines.size()));
                problems(String.join("\n", rest));
            }
        }
    }

    @Test
    void neverThrowsAnythingButProblemsWhateverStandsForAValue() {
        String[] values = {
            "",
            "null",
            "~",
            "[]",
            "{}",
            "[[a]]",
            "{a: {b: c}}",
            "-1",
            "99999999999999999999",
            "''",
            "${",
            "${X}",
            "&a [*a]",
            "!!binary aGk=",
            "\"\\0\"",
            "a\tb",
            "1e999",
            ".nan",
            "0x7fffffffffffffffffff",
            "{? [x] : y}",
            "*nowhere",
            "off"
        };
        for (Matcher key = KEY.matcher(reference); key.find(); ) {
            int end = reference.indexOf('\n', key.end());
            for (String value : values) {
                problems(reference.substring(0, key.end()) + " " + value + reference.substring(end));
            }
        }
    }

    @Test
    void neverThrowsAnythingButProblemsOnNoise() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(reference);
            for (int change = random.nextInt(1, 6); change > 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, NOISE.charAt(random.nextInt(NOISE.length())));
                    default -> text.setCharAt(at, (char) random.nextInt(32, 127));
                }
            }
            try {
                problems(text.toString());
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + seed, e);
            }
        }
    }

    @Test
    void takesDeepNestingForAProblem() {
        assertThat(problems("[".repeat(100_000))).containsExactly("a.yaml: not YAML: nested too deeply");
    }

    /** The problems of a text, none if it is good. Each must be one line with a file, and a message behind it. */
    private static List<String> problems(String text) {
        try {
            assertThat(ConfigurationFile.parse("a.yaml", text, Map.of())).isNotNull();
            return List.of();
        } catch (ConfigurationException e) {
            assertThat(e.problems()).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.toString()).matches("a\\.yaml(:[1-9][0-9]*)?: .+");
                assertThat(problem.message()).isNotBlank().isNotEqualTo("null");
            });
            return e.problems().stream().map(Problem::toString).toList();
        }
    }
}
