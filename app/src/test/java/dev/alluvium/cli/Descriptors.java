package dev.alluvium.cli;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Descriptor sets as protoc writes them. */
final class Descriptors {
    private Descriptors() {}

    /** Writes the descriptor set of one message with one field, a text. */
    static Path withField(Path file, String message, String field) throws IOException {
        int dot = message.lastIndexOf('.');
        FileDescriptorSet set = FileDescriptorSet.newBuilder()
                .addFile(FileDescriptorProto.newBuilder()
                        .setName("a.proto")
                        .setSyntax("proto3")
                        .setPackage(message.substring(0, dot))
                        .addMessageType(DescriptorProto.newBuilder()
                                .setName(message.substring(dot + 1))
                                .addField(FieldDescriptorProto.newBuilder()
                                        .setName(field)
                                        .setNumber(1)
                                        .setType(FieldDescriptorProto.Type.TYPE_STRING)
                                        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL))))
                .build();
        return Files.write(file, set.toByteArray());
    }
}
