package dev.alluvium.config;

import dev.alluvium.batch.RotationSettings;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When open batches become files. Each limit has its own default, and {@code off} is one of its values. */
final class RotationBinder {
    private static final RotationSettings DEFAULT = RotationSettings.DEFAULT;

    private static final Key<Optional<Long>> ROWS = limit("rows", Syntax.number(1, 1L << 50), DEFAULT.rows(), "Rows");

    private static final Key<Optional<Long>> BYTES = limit(
            "bytes",
            SizeSyntax.between(1, 1L << 50),
            DEFAULT.bytes(),
            "Bytes of the file. Small files make every reader slow");

    private static final Key<Optional<Duration>> AGE = limit(
            "age",
            DurationSyntax.DURATION,
            DEFAULT.age(),
            "Wall-clock time since the batch opened: how late data is at most. Short ones make small files");

    private static final Key<Optional<Duration>> IDLE =
            limit("idle", DurationSyntax.DURATION, DEFAULT.idle(), "Wall-clock time since the last row");

    private static final Key<Optional<Duration>> STREAM_TIME = limit(
            "streamTime",
            DurationSyntax.DURATION,
            DEFAULT.streamTime(),
            "Span of record time. Unlike age it cuts a replay where it cut the original");

    private RotationBinder() {}

    static Bound<RotationSettings> bind(Section section) {
        Bound<Optional<Long>> rows = section.get(ROWS);
        Bound<Optional<Long>> bytes = section.get(BYTES);
        Bound<Optional<Duration>> age = section.get(AGE);
        Bound<Optional<Duration>> idle = section.get(IDLE);
        Bound<Optional<Duration>> streamTime = section.get(STREAM_TIME);
        return section.build(() -> new RotationSettings(
                rows.get().orElse(null),
                bytes.get().orElse(null),
                age.get().orElse(null),
                idle.get().orElse(null),
                streamTime.get().orElse(null)));
    }

    private static <T> Key<Optional<T>> limit(String name, Syntax<T> syntax, @Nullable T otherwise, String meaning) {
        Syntax<Optional<T>> limit = new Form<>(
                syntax.values() + ", or `off`",
                text -> text.equals("off") ? Optional.empty() : Optional.of(syntax.parse(text)),
                value -> value.map(syntax::write).orElse("off"));
        return Key.of(name, limit, Optional.ofNullable(otherwise), meaning);
    }
}
