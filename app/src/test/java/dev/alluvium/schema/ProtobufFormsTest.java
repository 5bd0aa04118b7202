package dev.alluvium.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.proto.cdp.v1.AssetDetails;
import dev.alluvium.proto.cdp.v1.ContractDataOutput;
import dev.alluvium.proto.queries.v1.OptimizationSummary;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.schema.ColumnType.Scalar;
import dev.alluvium.schema.ProtobufMapping.Form;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProtobufFormsTest {
    private static final Descriptor SUMMARY = OptimizationSummary.getDescriptor();

    @Test
    void givesColumnsTheFormsThatTheMappingNames() {
        TableSchema schema = schema(
                SUMMARY, Map.of("timestamp", Form.LOCAL_TIMESTAMP, "metadata", Form.JSON, "date_partition", Form.DATE));

        assertThat(schema.columns())
                .containsExactly(
                        Column.optional("timestamp", Scalar.LOCAL_TIMESTAMP_MICROS),
                        Column.required("event_type", Scalar.UTF8),
                        Column.required("metric_name", Scalar.UTF8),
                        Column.required("metric_value", Scalar.FLOAT64),
                        Column.optional("metadata", Scalar.JSON),
                        Column.required("date_partition", Scalar.DATE));
    }

    @Test
    void makesWhatEveryRecordHasNotNullable() {
        ProtobufMapping mapping = new ProtobufMapping(3, Times.MICROS, Map.of(), Set.of("timestamp"));

        assertThat(ProtobufSchema.of(AssetDetails.getDescriptor(), mapping).columns())
                .last()
                .isEqualTo(Column.required("timestamp", Scalar.TIMESTAMP_MICROS));
    }

    @Test
    void refusesAFormThatTheFieldDoesNotFit() {
        assertThatThrownBy(() -> schema(SUMMARY, Map.of("metric_value", Form.DATE)))
                .hasMessage("alluvium.queries.v1.OptimizationSummary.metric_value cannot be a column of type date:"
                        + " a date is an int32 that counts days from 1970-01-01");
        assertThatThrownBy(() -> schema(SUMMARY, Map.of("event_type", Form.LOCAL_TIMESTAMP)))
                .hasMessageEndingWith("it is made of a google.protobuf.Timestamp in microseconds");
        // Absent, it would be the empty string, which is no JSON.
        assertThatThrownBy(() -> schema(SUMMARY, Map.of("event_type", Form.JSON)))
                .hasMessageEndingWith("it is made of an optional string");
    }

    @Test
    void refusesFieldsThatAreNotThereOrAlwaysThere() {
        assertThatThrownBy(() -> schema(SUMMARY, Map.of("nothing", Form.JSON)))
                .hasMessage("message alluvium.queries.v1.OptimizationSummary has no field nothing");
        assertThatThrownBy(() -> required(ContractDataOutput.getDescriptor(), "contract_id"))
                .hasMessage("alluvium.cdp.v1.ContractDataOutput.contract_id cannot be required: only a field that says"
                        + " whether it is set, and is no arm of a oneof");
        assertThatThrownBy(() -> required(TelemetryRecord.getDescriptor(), "sample"))
                .hasMessageContaining("cannot be required");
    }

    private static TableSchema schema(Descriptor message, Map<String, Form> forms) {
        return ProtobufSchema.of(message, new ProtobufMapping(3, Times.MICROS, forms, Set.of()));
    }

    private static TableSchema required(Descriptor message, String field) {
        return ProtobufSchema.of(message, new ProtobufMapping(3, Times.MICROS, Map.of(), Set.of(field)));
    }
}
