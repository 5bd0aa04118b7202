package dev.alluvium.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.schema.ColumnType.ListOf;
import dev.alluvium.schema.ColumnType.MapOf;
import dev.alluvium.schema.ColumnType.Scalar;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProtobufSchemaTest {
    @Test
    void mapsScalarsEnumsAndRepeatedMessages() {
        TableSchema schema = ProtobufSchema.of(RowDelta.getDescriptor());
        assertThat(schema.name()).isEqualTo("lakesync.v1.RowDelta");
        assertThat(schema.columns())
                .containsExactly(
                        Column.required("op", Scalar.ENUM),
                        Column.required("table", Scalar.UTF8),
                        Column.required("row_id", Scalar.UTF8),
                        Column.required(
                                "columns",
                                new ListOf(
                                        new ColumnType.Struct(List.of(
                                                Column.required("column", Scalar.UTF8),
                                                Column.required("value", Scalar.BINARY))),
                                        false)),
                        Column.required("hlc", Scalar.UINT64),
                        Column.required("client_id", Scalar.UTF8),
                        Column.required("delta_id", Scalar.UTF8));
    }

    @Test
    void makesOneofArmsAndExplicitlyOptionalFieldsNullable() {
        TableSchema schema = ProtobufSchema.of(TelemetryRecord.getDescriptor());
        assertThat(schema.columns()).extracting(Column::nullable).containsOnly(true);
        ColumnType.Struct sample = (ColumnType.Struct) schema.columns().get(0).type();
        assertThat(sample.fields())
                .contains(
                        Column.required("time", Scalar.FLOAT64),
                        Column.optional("speed", Scalar.FLOAT64),
                        Column.optional("seq", Scalar.INT64),
                        Column.required("aux", new MapOf(Scalar.UTF8, Scalar.FLOAT64, false)));
    }

    @Test
    void unrollsARecursiveMessageToItsDepth() {
        Column deepest = Column.required("fields", new MapOf(Scalar.UTF8, value(Scalar.BINARY), false));
        TableSchema schema = ProtobufSchema.of(Struct.getDescriptor(), 1);
        assertThat(schema.columns()).containsExactly(deepest);
        assertThatThrownBy(() -> ProtobufSchema.of(Value.getDescriptor(), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ColumnType value(ColumnType struct) {
        return new ColumnType.Struct(List.of(
                Column.optional("null_value", Scalar.ENUM),
                Column.optional("number_value", Scalar.FLOAT64),
                Column.optional("string_value", Scalar.UTF8),
                Column.optional("bool_value", Scalar.BOOL),
                Column.optional("struct_value", struct),
                Column.optional(
                        "list_value",
                        new ColumnType.Struct(List.of(Column.required("values", new ListOf(Scalar.BINARY, false)))))));
    }

    @Test
    void refusesASchemaOfTooManyColumns() throws DescriptorValidationException {
        DescriptorProto.Builder node = DescriptorProto.newBuilder().setName("Node");
        for (int i = 1; i <= 4; i++) {
            node.addField(FieldDescriptorProto.newBuilder()
                    .setName("child" + i)
                    .setNumber(i)
                    .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                    .setTypeName("Node"));
        }
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("node.proto")
                .setSyntax("proto3")
                .addMessageType(node)
                .build();
        Descriptor message =
                FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Node");
        assertThat(ProtobufSchema.of(message, 3).columns()).hasSize(4);
        assertThatThrownBy(() -> ProtobufSchema.of(message, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lower the depth");
    }
}
