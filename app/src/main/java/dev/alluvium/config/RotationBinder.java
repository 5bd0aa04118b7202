package dev.alluvium.config;

import dev.alluvium.batch.RotationSettings;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When open batches become files. Each limit has its own default, and {@code off} is one of its values. */
final class RotationBinder {
    private static final RotationSettings DEFAULT = RotationSettings.DEFAULT;

    private RotationBinder() {}

    static Bound<RotationSettings> bind(Section section) {
        Bound<Optional<Long>> rows = limit(section, "rows", Syntax.number(1, 1L << 50), DEFAULT.rows());
        Bound<Optional<Long>> bytes = limit(section, "bytes", SizeSyntax.between(1, 1L << 50), DEFAULT.bytes());
        Bound<Optional<Duration>> age = limit(section, "age", DurationSyntax.DURATION, DEFAULT.age());
        Bound<Optional<Duration>> idle = limit(section, "idle", DurationSyntax.DURATION, DEFAULT.idle());
        Bound<Optional<Duration>> streamTime =
                limit(section, "streamTime", DurationSyntax.DURATION, DEFAULT.streamTime());
        return section.build(() -> new RotationSettings(
                rows.get().orElse(null),
                bytes.get().orElse(null),
                age.get().orElse(null),
                idle.get().orElse(null),
                streamTime.get().orElse(null)));
    }

    private static <T> Bound<Optional<T>> limit(Section section, String key, Syntax<T> syntax, @Nullable T otherwise) {
        Syntax<Optional<T>> limit = text -> text.equals("off") ? Optional.empty() : Optional.of(syntax.parse(text));
        return section.optional(key, limit, Optional.ofNullable(otherwise));
    }
}
