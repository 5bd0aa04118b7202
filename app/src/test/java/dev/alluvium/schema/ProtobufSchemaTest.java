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
    void unrollsARecursiveMessageToItsDepth() throws DescriptorValidationException {
        Descriptor node = node(1);
        assertThat(ProtobufSchema.of(node, ProtobufMapping.ofDepth(1)).columns())
                .containsExactly(Column.optional("child1", Scalar.BINARY));
        assertThat(ProtobufSchema.of(node).columns())
                .containsExactly(Column.optional("child1", child(child(Scalar.BINARY))));
        assertThatThrownBy(() -> ProtobufMapping.ofDepth(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static ColumnType child(ColumnType type) {
        return new ColumnType.Struct(List.of(Column.optional("child1", type)));
    }

    @Test
    void makesTextOfMessagesThatAreJson() {
        assertThat(ProtobufSchema.of(Struct.getDescriptor()).columns())
                .containsExactly(Column.required("fields", new MapOf(Scalar.UTF8, Scalar.JSON, false)));
        assertThat(ProtobufSchema.of(Value.getDescriptor()).columns())
                .containsExactly(
                        Column.optional("null_value", Scalar.ENUM),
                        Column.optional("number_value", Scalar.FLOAT64),
                        Column.optional("string_value", Scalar.UTF8),
                        Column.optional("bool_value", Scalar.BOOL),
                        Column.optional("struct_value", Scalar.JSON),
                        Column.optional("list_value", Scalar.JSON));
    }

    @Test
    void refusesASchemaOfTooManyColumns() throws DescriptorValidationException {
        Descriptor message = node(4);
        assertThat(ProtobufSchema.of(message).columns()).hasSize(4);
        assertThatThrownBy(() -> ProtobufSchema.of(message, ProtobufMapping.ofDepth(8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lower the depth");
    }

    /** A message with so many fields of its own type. */
    private static Descriptor node(int children) throws DescriptorValidationException {
        DescriptorProto.Builder node = DescriptorProto.newBuilder().setName("Node");
        for (int i = 1; i <= children; i++) {
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
        return FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Node");
    }
}
