package dev.alluvium.parquet;

import dev.alluvium.schema.ColumnType;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;

/** Hands the values of an Arrow vector without children to a column writer, one by one, unboxed. */
@FunctionalInterface
interface LeafValues {

    /** Writes the value at an index, which must not be null, under the given levels. */
    void write(ColumnWriter to, int index, int repetition, int definition);

    /** The values of a vector of the class that the type takes. */
    static LeafValues of(ColumnType.Scalar type, FieldVector vector) {
        ArrowBuf data = vector.getDataBuffer();
        return switch (type) {
            case BOOL -> (to, i, r, d) -> to.write((data.getByte(i >> 3) >> (i & 7) & 1) != 0, r, d);
            case INT32, UINT32, DATE -> (to, i, r, d) -> to.write(data.getInt((long) i * Integer.BYTES), r, d);
            case INT64, UINT64, TIMESTAMP_MICROS, TIMESTAMP_NANOS, LOCAL_TIMESTAMP_MICROS ->
                (to, i, r, d) -> to.write(data.getLong((long) i * Long.BYTES), r, d);
            case FLOAT32 -> (to, i, r, d) -> to.write(data.getFloat((long) i * Float.BYTES), r, d);
            case FLOAT64 -> (to, i, r, d) -> to.write(data.getDouble((long) i * Double.BYTES), r, d);
            case UTF8, JSON, ENUM, BINARY -> new Bytes(data, vector.getOffsetBuffer());
        };
    }

    /** Byte strings, by way of one array: column writers copy what they keep of a reused array. */
    final class Bytes implements LeafValues {
        private final ArrowBuf data;
        private final ArrowBuf offsets;
        private byte[] scratch = new byte[64];

        private Bytes(ArrowBuf data, ArrowBuf offsets) {
            this.data = data;
            this.offsets = offsets;
        }

        @Override
        public void write(ColumnWriter to, int index, int repetition, int definition) {
            int start = offsets.getInt((long) index * Integer.BYTES);
            int length = offsets.getInt((index + 1L) * Integer.BYTES) - start;
            if (length > scratch.length) {
                scratch = new byte[Math.max(length, scratch.length * 2)];
            }
            data.getBytes(start, scratch, 0, length);
            to.write(Binary.fromReusedByteArray(scratch, 0, length), repetition, definition);
        }
    }
}
