package dev.alluvium.parquet;

/**
 * How data files are written. None of it decides which rows are in a file. All but the format is about Parquet.
 *
 * @param level of the codec: 1 to 22 for zstd, 1 to 9 for gzip; ignored by those that have none
 * @param rowGroupBytes compressed bytes after which a row group goes to the spool; larger ones read faster and need
 *     more memory while they are written
 * @param pageBytes uncompressed bytes of a page at most
 * @param pageRows rows of a page at most
 */
public record WriterSettings(Format format, Codec codec, int level, long rowGroupBytes, int pageBytes, int pageRows) {

    /** What a data file is. */
    public enum Format {
        /** Parquet. */
        PARQUET,
        /** LakeSync's flush envelope, JSON; of deltas only. */
        JSON
    }

    /** Compression of pages. */
    public enum Codec {
        NONE,
        SNAPPY,
        GZIP,
        ZSTD
    }

    /** Zstandard level 3, row groups of 16 MiB, pages of 1 MiB or 20,000 rows. */
    public static final WriterSettings DEFAULT = new WriterSettings(Codec.ZSTD, 3, 16 << 20, 1 << 20, 20_000);

    /** Parquet files. */
    public WriterSettings(Codec codec, int level, long rowGroupBytes, int pageBytes, int pageRows) {
        this(Format.PARQUET, codec, level, rowGroupBytes, pageBytes, pageRows);
    }

    public WriterSettings {
        if (rowGroupBytes < 1 || pageBytes < 1 || pageRows < 1) {
            throw new IllegalArgumentException("row group, page bytes and page rows must be positive");
        }
        int highest = codec == Codec.ZSTD ? 22 : 9;
        if ((codec == Codec.ZSTD || codec == Codec.GZIP) && (level < 1 || level > highest)) {
            throw new IllegalArgumentException(codec + " has levels 1 to " + highest + ", not " + level);
        }
    }
}
