package dev.alluvium.schema;

import java.util.List;

/** The type of a column. What it is in Arrow, Parquet and Iceberg stands in one table: docs/types.md. */
public sealed interface ColumnType {

    /** A type without children. */
    enum Scalar implements ColumnType {
        BOOL,
        INT32,
        INT64,
        UINT32,
        UINT64,
        FLOAT32,
        FLOAT64,
        UTF8,
        /** UTF-8 JSON text. */
        JSON,
        /** The name of an enum value, or its number as text where it has no name. */
        ENUM,
        BINARY,
        /** Microseconds since the epoch, UTC. */
        TIMESTAMP_MICROS,
        /** Nanoseconds since the epoch, UTC. */
        TIMESTAMP_NANOS,
        /** Date and time of day to the microsecond, in no time zone. */
        LOCAL_TIMESTAMP_MICROS,
        /** A day, counted from 1970-01-01. */
        DATE
    }

    /** Fields in order. */
    record Struct(List<Column> fields) implements ColumnType {
        public Struct {
            fields = List.copyOf(fields);
        }
    }

    /** A list; its element column is named {@code element}. */
    record ListOf(ColumnType element, boolean elementNullable) implements ColumnType {}

    /** A map with keys that are never null. */
    record MapOf(Scalar key, ColumnType value, boolean valueNullable) implements ColumnType {}
}
