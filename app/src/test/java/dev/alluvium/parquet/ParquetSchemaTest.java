package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.ListOf;
import dev.alluvium.schema.ColumnType.MapOf;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.ColumnType.Struct;
import dev.alluvium.schema.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParquetSchemaTest {

    @Test
    void givesEveryTypeItsParquetForm() {
        List<Column> columns = new ArrayList<>(Arrays.stream(Scalar.values())
                .map(type -> Column.required(type.name(), type))
                .toList());
        columns.add(Column.optional("s", new Struct(List.of(Column.optional("x", Scalar.BOOL)))));
        columns.add(Column.required("l", new ListOf(new ListOf(Scalar.INT32, false), true)));
        columns.add(Column.optional("m", new MapOf(Scalar.UTF8, Scalar.INT64, true)));

        assertThat(ParquetSchema.of(new TableSchema("t", columns)).toString()).isEqualTo("""
                message t {
                  required boolean BOOL;
                  required int32 INT32;
                  required int64 INT64;
                  required int32 UINT32 (INTEGER(32,false));
                  required int64 UINT64 (INTEGER(64,false));
                  required float FLOAT32 columnorder(TYPE_DEFINED_ORDER);
                  required double FLOAT64 columnorder(TYPE_DEFINED_ORDER);
                  required binary UTF8 (STRING);
                  required binary JSON (JSON);
                  required binary ENUM (STRING);
                  required binary BINARY;
                  required int64 TIMESTAMP_MICROS (TIMESTAMP(MICROS,true));
                  required int64 TIMESTAMP_NANOS (TIMESTAMP(NANOS,true));
                  required int64 LOCAL_TIMESTAMP_MICROS (TIMESTAMP(MICROS,false));
                  required int32 DATE (DATE);
                  optional group s {
                    optional boolean x;
                  }
                  required group l (LIST) {
                    repeated group list {
                      optional group element (LIST) {
                        repeated group list {
                          required int32 element;
                        }
                      }
                    }
                  }
                  optional group m (MAP) {
                    repeated group key_value {
                      required binary key (STRING);
                      optional int64 value;
                    }
                  }
                }
                """);
    }

    @Test
    void refusesWhatParquetCannotHold() {
        assertThatThrownBy(() -> ParquetSchema.of(new TableSchema("t", List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table t has no columns");
        TableSchema empty = new TableSchema("t", List.of(Column.optional("s", new Struct(List.of()))));
        assertThatThrownBy(() -> ParquetSchema.of(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("struct s has no columns");
    }
}
