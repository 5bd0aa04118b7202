package dev.alluvium.config;

import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.parquet.WriterSettings.Format;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How files are written. */
final class WriterBinder {
    private static final WriterSettings DEFAULT = WriterSettings.DEFAULT;
    private static final Key<Codec> CODEC = Key.of(
            "codec",
            Syntax.oneOf(Map.of("zstd", Codec.ZSTD, "snappy", Codec.SNAPPY, "gzip", Codec.GZIP, "none", Codec.NONE)),
            DEFAULT.codec(),
            "Compression of pages. snappy and none are faster to write and larger");

    private static final Key<Integer> LEVEL = Key.optional(
            "level",
            Syntax.number(1, 22),
            "zstd 3, gzip 6",
            "zstd 1 to 22, gzip 1 to 9; the others have none. High levels make the stream wait for the processor");

    private static final Key<Long> ROW_GROUP = Key.of(
            "rowGroup",
            SizeSyntax.between(64 << 10, 1 << 30),
            DEFAULT.rowGroupBytes(),
            "Compressed bytes after which a row group goes to the spool. Small ones read slowly, large ones take memory"
                    + " while they are written");

    // Pages and dictionaries count their bytes in an int.
    private static final Key<Long> PAGE = Key.of(
            "page",
            SizeSyntax.between(1 << 10, 256 << 20),
            (long) DEFAULT.pageBytes(),
            "Uncompressed bytes of a page at most. Readers skip by page: large ones read too much, small ones compress"
                    + " badly");

    private static final Key<Format> FORMAT = Key.of(
            "format",
            Syntax.oneOf(Map.of("parquet", Format.PARQUET, "json", Format.JSON)),
            DEFAULT.format(),
            "`json` writes LakeSync's flush envelopes, of deltas only: larger and slower than Parquet, without the"
                    + " coordinates of rows. Keys end in `.json`, and then only");

    private WriterBinder() {}

    /** Reads the keys of the section that are about the format, and leaves its end to the caller. */
    static Bound<WriterSettings> bind(Section section) {
        Bound<Format> format = section.get(FORMAT);
        if (format.value().equals(Optional.of(Format.JSON))) {
            refuseParquetKeys(section);
        }
        Bound<Codec> codec = section.get(CODEC);
        Bound<Integer> level = level(section, codec);
        Bound<Long> rowGroup = section.get(ROW_GROUP);
        Bound<Long> page = section.get(PAGE);
        return Bound.join(() -> new WriterSettings(
                format.get(),
                codec.get(),
                level.get(),
                rowGroup.get(),
                page.get().intValue(),
                DEFAULT.pageRows()));
    }

    private static void refuseParquetKeys(Section section) {
        for (Key<?> key : List.of(CODEC, LEVEL, ROW_GROUP, PAGE)) {
            if (section.has(key.name())) {
                section.problem(key.name(), "cannot be set: only Parquet has it, and format is json");
            }
        }
    }

    private static Bound<Integer> level(Section section, Bound<Codec> codec) {
        if (codec.value().isEmpty()) {
            return section.get(LEVEL.with(Syntax.number(1, 22), DEFAULT.level()));
        }
        return switch (codec.get()) {
            case ZSTD -> section.get(LEVEL.with(Syntax.number(1, 22), 3));
            case GZIP -> section.get(LEVEL.with(Syntax.number(1, 9), 6));
            case SNAPPY, NONE -> {
                if (section.has("level")) {
                    section.problem("level", "cannot be set: only zstd and gzip have levels");
                }
                yield section.get(LEVEL.with(Syntax.number(1, 22), 0));
            }
        };
    }
}
