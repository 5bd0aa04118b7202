package dev.alluvium.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a configuration file, strictly: what is not understood is an error, and all errors are found in one go. */
public final class ConfigurationFile {
    private ConfigurationFile() {}

    /**
     * The file's settings, complete with defaults.
     *
     * @param environment what <code>${VAR}</code> stands for
     * @throws ConfigurationException with every problem there is
     */
    public static Configuration read(Path file, Map<String, String> environment) throws ConfigurationException {
        return parse(file.toString(), text(file), environment);
    }

    /** As {@link #read}, of a text; {@code name} stands for the file in messages. */
    public static Configuration parse(String name, String text, Map<String, String> environment)
            throws ConfigurationException {
        return parse(text, new Source(new Problems(name), new Substitution(environment), new KnownKeys()));
    }

    static Configuration parse(String text, Source source) throws ConfigurationException {
        Optional<Node> root = compose(text, source.problems());
        source.problems().throwIfAny();
        Bound<Configuration> configuration = ConfigurationBinder.bind(Section.root(source, root));
        source.problems().throwIfAny();
        return configuration.get();
    }

    private static Optional<Node> compose(String text, Problems problems) {
        try {
            LoadSettings settings =
                    LoadSettings.builder().setAllowNonScalarKeys(true).build();
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            problems.add(line, "", "not YAML: " + oneLine(e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(0, "", "not YAML: " + oneLine(String.valueOf(e.getMessage())));
        } catch (StackOverflowError e) {
            // The parser calls itself for each level and has no limit of its own.
            problems.add(0, "", "not YAML: nested too deeply");
        }
        return Optional.empty();
    }

    private static String oneLine(String message) {
        return message.lines().findFirst().orElse("it cannot be parsed");
    }

    private static String text(Path file) throws ConfigurationException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "no such file");
        } catch (CharacterCodingException e) {
            throw unreadable(file, "not UTF-8 text");
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + e.getMessage());
        }
    }

    private static ConfigurationException unreadable(Path file, String message) {
        return new ConfigurationException(List.of(new Problem(file.toString(), 0, "", message)));
    }
}
