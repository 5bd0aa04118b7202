package dev.alluvium.config;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.batch.LateSettings;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.ProtobufSettings.Tombstones;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufMapping.Form;
import dev.alluvium.schema.ProtobufMapping.Times;
import dev.alluvium.topology.DataSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records that are any protobuf message. */
final class ProtobufBinder {
    private ProtobufBinder() {}

    private static Descriptor find(MessageTypes types, String name, Optional<Path> descriptorSet) {
        if (!types.names().contains(name)) {
            throw new IllegalArgumentException("no message " + name + " in "
                    + descriptorSet.map(Path::toString).orElse("the compiled-in messages") + "; "
                    + Suggestion.of(name, types.names()));
        }
        return types.find(name);
    }

    /** The settings, if there can be a decoder of them: its columns follow from the descriptor alone. */
    private static ProtobufSettings fitting(ProtobufSettings settings) {
        var unused = new ProtobufDecoder(settings, 0);
        return settings;
    }

    /** When slices of time are complete, if a time divides files. */
    static Bound<Optional<LateSettings>> late(Section section, Bound<Partitioning> partitioning) {
        Bound<Optional<Duration>> after = section.find(PartitionKeys.LATE_AFTER);
        Bound<Duration> keep = section.get(PartitionKeys.LATE_KEEP);
        return section.build(() -> {
            boolean hasSlices = partitioning.get().slice().isPresent();
            if (after.get().isPresent() && !hasSlices) {
                throw new IllegalArgumentException("no time divides files, so that none can be late");
            }
            return after.get().map(time -> new LateSettings(time, keep.get()));
        });
    }

    static DataPart bind(Section section) {
        if (section.has("registry")) {
            return RegistryBinder.bind(section);
        }
        Bound<String> name = section.get(DataKeys.PROTOBUF_MESSAGE_NAME);
        Bound<Optional<Path>> descriptorSet = section.find(DataKeys.DESCRIPTOR_SET);
        Bound<Times> times = section.get(DataKeys.TIMESTAMPS);
        Bound<Integer> depth = section.get(DataKeys.DEPTH);
        Bound<Map<String, Form>> forms = section.section(DataKeys.FORMS).map(DataKeys.FORM);
        Bound<List<String>> required = section.list(DataKeys.REQUIRED);
        Bound<Boolean> coordinates = section.get(DataKeys.COORDINATES);
        Bound<Tombstones> tombstones = section.get(DataKeys.TOMBSTONES);
        Bound<MessageTypes> types = section.construct(
                "descriptorSet",
                () -> descriptorSet.get().map(MessageTypes::fromDescriptorSet).orElseGet(MessageTypes::compiledIn));
        Bound<Descriptor> message =
                section.construct("message", () -> find(types.get(), name.get(), descriptorSet.get()));
        Bound<Partitioning> partitioning = PartitionBinder.bind(section, message);
        Bound<KeyLayout> layout = section.get(PartitionKeys.LAYOUT);
        Bound<Optional<LateSettings>> late = late(section.section("late"), partitioning);
        Bound<ProtobufSettings> protobuf = section.construct(
                "message",
                () -> fitting(new ProtobufSettings(
                        message.get(),
                        partitioning.get(),
                        coordinates.get(),
                        new ProtobufMapping(depth.get(), times.get(), forms.get(), Set.copyOf(required.get())),
                        tombstones.get())));
        Bound<DataSettings> settings = section.build(() -> new DataSettings.Protobuf(protobuf.get()));
        if (partitioning.value().isEmpty() || layout.value().isEmpty()) {
            // Nobody can say which key is right: one problem is enough.
            return new DataPart(settings, "", Set.of());
        }
        return new DataPart(
                        settings,
                        layout.get()
                                .key(
                                        partitioning.get(),
                                        late.value().filter(Optional::isPresent).isPresent()),
                        partitioning.get().placeholders())
                .withLate(late);
    }
}
