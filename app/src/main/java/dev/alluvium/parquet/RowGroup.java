package dev.alluvium.parquet;

import java.util.List;
import java.util.Optional;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/**
 * What a footer says of one row group.
 *
 * @param columns one for each leaf, in the order of the schema
 */
public record RowGroup(long rows, List<ColumnChunk> columns) {
    public RowGroup {
        columns = List.copyOf(columns);
    }

    static RowGroup of(BlockMetaData block) {
        return new RowGroup(
                block.getRowCount(),
                block.getColumns().stream().map(ColumnChunk::of).toList());
    }

    /** The chunk of a column that has no children. */
    public Optional<ColumnChunk> column(String name) {
        return columns.stream()
                .filter(chunk -> chunk.path().equals(List.of(name)))
                .findFirst();
    }

    /** Length of all its pages in the file. */
    public long compressedBytes() {
        return columns.stream().mapToLong(ColumnChunk::compressedBytes).sum();
    }

    /** Length of all its pages before compression. */
    public long uncompressedBytes() {
        return columns.stream().mapToLong(ColumnChunk::uncompressedBytes).sum();
    }
}
