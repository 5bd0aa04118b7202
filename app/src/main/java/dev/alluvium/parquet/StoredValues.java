package dev.alluvium.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.jspecify.annotations.Nullable;

/** What the stored values of a column stand for, by its annotation (Parquet format, LogicalTypes.md). */
record StoredValues(@Nullable LogicalTypeAnnotation annotation) {

    /** A value as statistics hold it. */
    Object of(Object stored) {
        if (stored instanceof Integer integer) {
            return ofInt(integer);
        }
        if (stored instanceof Long integer) {
            return ofLong(integer);
        }
        return stored instanceof Binary binary ? ofBinary(binary) : stored;
    }

    Object ofInt(int value) {
        if (annotation instanceof IntLogicalTypeAnnotation integer && !integer.isSigned()) {
            return Integer.toUnsignedLong(value);
        }
        if (annotation instanceof DateLogicalTypeAnnotation) {
            return LocalDate.ofEpochDay(value);
        }
        if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
            return BigDecimal.valueOf(value, decimal.getScale());
        }
        if (annotation instanceof TimeLogicalTypeAnnotation) {
            return LocalTime.MIDNIGHT.plus(value, ChronoUnit.MILLIS);
        }
        return value;
    }

    Object ofLong(long value) {
        if (annotation instanceof TimestampLogicalTypeAnnotation timestamp) {
            Instant time = Instant.EPOCH.plus(value, unit(timestamp.getUnit()));
            return timestamp.isAdjustedToUTC() ? time : LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        }
        if (annotation instanceof IntLogicalTypeAnnotation integer && !integer.isSigned()) {
            return new BigInteger(Long.toUnsignedString(value));
        }
        if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
            return BigDecimal.valueOf(value, decimal.getScale());
        }
        if (annotation instanceof TimeLogicalTypeAnnotation time) {
            return LocalTime.MIDNIGHT.plus(value, unit(time.getUnit()));
        }
        return value;
    }

    Object ofBinary(Binary value) {
        if (annotation instanceof StringLogicalTypeAnnotation
                || annotation instanceof JsonLogicalTypeAnnotation
                || annotation instanceof EnumLogicalTypeAnnotation) {
            return value.toStringUsingUTF8();
        }
        if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
            return new BigDecimal(new BigInteger(value.getBytes()), decimal.getScale());
        }
        return value.getBytes();
    }

    private static ChronoUnit unit(TimeUnit unit) {
        return switch (unit) {
            case MILLIS -> ChronoUnit.MILLIS;
            case MICROS -> ChronoUnit.MICROS;
            case NANOS -> ChronoUnit.NANOS;
        };
    }
}
