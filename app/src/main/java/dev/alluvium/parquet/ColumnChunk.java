package dev.alluvium.parquet;

import java.util.List;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * What a footer says of one column within one row group.
 *
 * @param path names from the column down to the leaf
 * @param type as in {@link FileColumn}
 * @param codec in Parquet's spelling: {@code ZSTD}
 * @param encodings in Parquet's spelling, sorted
 * @param values nulls and empty lists included
 * @param nulls how many are null; null if the file does not say
 * @param min lowest value as {@link RowReader} gives values; null if the file does not say or all are null
 * @param max as min
 */
public record ColumnChunk(
        List<String> path,
        String type,
        String codec,
        List<String> encodings,
        long compressedBytes,
        long uncompressedBytes,
        long values,
        @Nullable Long nulls,
        @Nullable Object min,
        @Nullable Object max,
        boolean hasColumnIndex,
        boolean hasOffsetIndex) {

    public ColumnChunk {
        path = List.copyOf(path);
        encodings = List.copyOf(encodings);
    }

    static ColumnChunk of(ColumnChunkMetaData chunk) {
        PrimitiveType type = chunk.getPrimitiveType();
        StoredValues values = new StoredValues(type.getLogicalTypeAnnotation());
        Statistics<?> statistics = chunk.getStatistics();
        boolean hasBounds = statistics != null && statistics.hasNonNullValue();
        return new ColumnChunk(
                List.of(chunk.getPath().toArray()),
                FileColumn.typeOf(type),
                chunk.getCodec().name(),
                chunk.getEncodings().stream().map(Encoding::name).sorted().toList(),
                chunk.getTotalSize(),
                chunk.getTotalUncompressedSize(),
                chunk.getValueCount(),
                statistics != null && statistics.isNumNullsSet() ? statistics.getNumNulls() : null,
                hasBounds ? values.of(statistics.genericGetMin()) : null,
                hasBounds ? values.of(statistics.genericGetMax()) : null,
                chunk.getColumnIndexReference() != null,
                chunk.getOffsetIndexReference() != null);
    }
}
