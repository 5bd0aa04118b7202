package dev.alluvium.decode;

import dev.alluvium.arrow.IntColumn;
import dev.alluvium.arrow.LongColumn;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
import java.util.List;

/** The columns that say which record a row came from: {@code _partition}, {@code _offset} and {@code _timestamp}. */
final class KafkaCoordinates {
    static final List<Column> COLUMNS = List.of(
            Column.required("_partition", Scalar.INT32),
            Column.required("_offset", Scalar.INT64),
            Column.required("_timestamp", Scalar.TIMESTAMP_MICROS));

    /** Which schema of a registry a record was written with; follows the coordinates where there is a registry. */
    static final Column SCHEMA_ID = Column.required("_schema_id", Scalar.INT32);

    private static final long MAX_MILLIS = Long.MAX_VALUE / 1000;

    private KafkaCoordinates() {}

    /** Whether the record's time fits its column. */
    static boolean fit(SourceRecord record) {
        return record.timestampMs() <= MAX_MILLIS && record.timestampMs() >= -MAX_MILLIS;
    }

    /** Writes the coordinates of a record into three adjacent columns of the row that is not ended yet. */
    static void append(RecordBatch batch, int firstColumn, int partition, SourceRecord record) {
        batch.column(firstColumn, IntColumn.class).append(partition);
        batch.column(firstColumn + 1, LongColumn.class).append(record.offset());
        batch.column(firstColumn + 2, LongColumn.class).append(record.timestampMs() * 1000);
    }

    /** Writes the schema's id into the column that follows the coordinates. */
    static void appendSchemaId(RecordBatch batch, int firstColumn, int id) {
        batch.column(firstColumn + COLUMNS.size(), IntColumn.class).append(id);
    }
}
