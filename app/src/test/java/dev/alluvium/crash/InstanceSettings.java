package dev.alluvium.crash;

import dev.alluvium.batch.RotationSettings;
import dev.alluvium.batch.Rule;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one start of an instance is told, over the command line.
 *
 * @param application prefix of the application ids; instances with the same one share the work
 * @param home of the instance: its spool, state directory and trace
 * @param archive folder of the object store, shared by all instances; with a server, of the bucket
 * @param server address of the S3 server whose bucket the archive is; null for the folder itself
 * @param pipelines names of those to run, of {@link InstanceMain#DELTAS} and {@link InstanceMain#TELEMETRY}
 * @param without rules that are left out, for control runs
 */
record InstanceSettings(
        String application,
        String bootstrapServers,
        Path home,
        Path archive,
        @Nullable URI server,
        List<String> pipelines,
        RotationSettings rotation,
        Set<Rule> without,
        @Nullable FaultPoint fault) {

    Path trace() {
        return home.resolve("trace");
    }

    Path state() {
        return home.resolve("state");
    }

    Path spool() {
        return home.resolve("spool");
    }

    List<String> toArguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add("--application=" + application);
        arguments.add("--bootstrap=" + bootstrapServers);
        arguments.add("--home=" + home);
        arguments.add("--archive=" + archive);
        add(arguments, "server", server);
        arguments.add("--pipelines=" + String.join(",", pipelines));
        add(arguments, "rows", rotation.rows());
        add(arguments, "bytes", rotation.bytes());
        add(arguments, "age", rotation.age());
        add(arguments, "idle", rotation.idle());
        add(arguments, "stream-time", rotation.streamTime());
        without.forEach(rule -> arguments.add("--without=" + rule));
        add(arguments, "fault", fault);
        return arguments;
    }

    private static void add(List<String> arguments, String name, @Nullable Object value) {
        if (value != null) {
            arguments.add("--" + name + "=" + value);
        }
    }

    static InstanceSettings parse(String[] arguments) {
        Map<String, String> values = new HashMap<>();
        for (String argument : arguments) {
            String[] sides = argument.substring(2).split("=", 2);
            values.merge(sides[0], sides[1], (one, other) -> one + "," + other);
        }
        Set<Rule> without = values.containsKey("without")
                ? Arrays.stream(required(values, "without").split(",", -1))
                        .map(Rule::valueOf)
                        .collect(Collectors.toSet())
                : Set.of();
        return new InstanceSettings(
                required(values, "application"),
                required(values, "bootstrap"),
                Path.of(required(values, "home")),
                Path.of(required(values, "archive")),
                optional(values, "server", URI::create),
                List.of(required(values, "pipelines").split(",", -1)),
                new RotationSettings(
                        optional(values, "rows", Long::valueOf),
                        optional(values, "bytes", Long::valueOf),
                        optional(values, "age", Duration::parse),
                        optional(values, "idle", Duration::parse),
                        optional(values, "stream-time", Duration::parse)),
                without,
                optional(values, "fault", FaultPoint::parse));
    }

    private static String required(Map<String, String> values, String name) {
        return Objects.requireNonNull(values.get(name), "--" + name);
    }

    private static <T> @Nullable T optional(Map<String, String> values, String name, Function<String, T> parser) {
        String text = values.get(name);
        return text == null ? null : parser.apply(text);
    }
}
