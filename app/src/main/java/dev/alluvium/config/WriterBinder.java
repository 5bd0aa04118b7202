package dev.alluvium.config;

import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Codec;
import java.util.Map;

/** How files are written. */
final class WriterBinder {
    private static final WriterSettings DEFAULT = WriterSettings.DEFAULT;
    private static final Map<String, Codec> CODECS =
            Map.of("zstd", Codec.ZSTD, "snappy", Codec.SNAPPY, "gzip", Codec.GZIP, "none", Codec.NONE);

    private WriterBinder() {}

    /** Reads the keys of the section that are about the format, and leaves its end to the caller. */
    static Bound<WriterSettings> bind(Section section) {
        Bound<Codec> codec = section.optional("codec", Syntax.oneOf(CODECS), DEFAULT.codec());
        Bound<Integer> level = level(section, codec);
        // Pages and dictionaries count their bytes in an int.
        Bound<Long> rowGroup =
                section.optional("rowGroup", SizeSyntax.between(64 << 10, 1 << 30), DEFAULT.rowGroupBytes());
        Bound<Long> page = section.optional("page", SizeSyntax.between(1 << 10, 256 << 20), (long) DEFAULT.pageBytes());
        return Bound.join(() -> new WriterSettings(
                codec.get(), level.get(), rowGroup.get(), page.get().intValue(), DEFAULT.pageRows()));
    }

    private static Bound<Integer> level(Section section, Bound<Codec> codec) {
        if (codec.value().isEmpty()) {
            return section.optional("level", Syntax.number(1, 22), DEFAULT.level());
        }
        return switch (codec.get()) {
            case ZSTD -> section.optional("level", Syntax.number(1, 22), 3);
            case GZIP -> section.optional("level", Syntax.number(1, 9), 6);
            case SNAPPY, NONE -> {
                if (section.has("level")) {
                    section.problem("level", "cannot be set: only zstd and gzip have levels");
                }
                yield section.optional("level", Syntax.number(1, 22), 0);
            }
        };
    }
}
