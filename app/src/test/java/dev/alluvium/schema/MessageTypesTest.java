package dev.alluvium.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Type;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessageTypesTest {
    @TempDir
    private Path folder = Path.of("set by JUnit");

    @Test
    void findsCompiledInMessagesByTheirFullName() {
        MessageTypes types = MessageTypes.compiledIn();
        assertThat(types.find("lakesync.v1.RowDelta")).isEqualTo(RowDelta.getDescriptor());
        assertThat(types.find("alluvium.telemetry.v1.TelemetrySample")).isEqualTo(TelemetrySample.getDescriptor());
        assertThat(types.names()).doesNotContain("alluvium.telemetry.v1.TelemetrySample.AuxEntry");
    }

    @Test
    void saysWhatThereIsWhenAMessageIsMissing() {
        assertThatThrownBy(() -> MessageTypes.compiledIn().find("lakesync.v1.Nope"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lakesync.v1.Nope")
                .hasMessageContaining("lakesync.v1.RowDelta");
    }

    @Test
    void readsBackTheDescriptorSetThatItWrites() throws IOException {
        Path file = Files.write(folder.resolve("type.desc"), MessageTypes.descriptorSet(Type.getDescriptor()));
        MessageTypes types = MessageTypes.fromDescriptorSet(file);
        assertThat(types.find("google.protobuf.Type").toProto())
                .isEqualTo(Type.getDescriptor().toProto());
        assertThat(types.names()).contains("google.protobuf.Any", "google.protobuf.Field");
        assertThat(ProtobufSchema.of(types.find("google.protobuf.Type")))
                .isEqualTo(ProtobufSchema.of(Type.getDescriptor()));
    }

    @Test
    void refusesAFileThatIsMissingOrNoDescriptorSet() throws IOException {
        Path missing = folder.resolve("missing.desc");
        assertThatThrownBy(() -> MessageTypes.fromDescriptorSet(missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing.desc does not exist");
        Path text = Files.writeString(folder.resolve("text.proto"), "syntax = \"proto3\";");
        assertThatThrownBy(() -> MessageTypes.fromDescriptorSet(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("text.proto is not a descriptor set");
    }

    @Test
    void refusesADescriptorSetWithoutItsImports() throws IOException {
        FileDescriptorProto proto = Type.getDescriptor().getFile().toProto();
        FileDescriptorSet set = FileDescriptorSet.newBuilder().addFile(proto).build();
        Path file = Files.write(folder.resolve("alone.desc"), set.toByteArray());
        assertThatThrownBy(() -> MessageTypes.fromDescriptorSet(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lacks google/protobuf/any.proto")
                .hasMessageContaining("--include_imports");
    }
}
