package dev.alluvium.config;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.ProtobufSettings.Grouping;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.topology.DataSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records that are any protobuf message. */
final class ProtobufBinder {
    private static final String KEY = "{message}/{topic}-{partition}-{firstOffset}.parquet";
    private static final String KEY_BY_DAY = "{message}/{date}/{topic}-{partition}-{firstOffset}.parquet";
    private static final Map<String, Grouping> GROUPINGS = Map.of("day", Grouping.DAY, "none", Grouping.NONE);

    private ProtobufBinder() {}

    static DataPart bind(Section section) {
        Bound<String> name = section.required("message", Names.MESSAGE);
        Bound<Optional<Path>> descriptorSet = section.optional("descriptorSet", Syntax.path());
        Bound<Grouping> grouping = section.optional("groupBy", Syntax.oneOf(GROUPINGS), Grouping.DAY);
        Bound<Boolean> coordinates = section.optional("coordinates", Syntax.flag(), true);
        Bound<MessageTypes> types = section.construct(
                "descriptorSet",
                () -> descriptorSet.get().map(MessageTypes::fromDescriptorSet).orElseGet(MessageTypes::compiledIn));
        Bound<Descriptor> message =
                section.construct("message", () -> types.get().find(name.get()));
        Bound<DataSettings> settings = section.build(() ->
                new DataSettings.Protobuf(new ProtobufSettings(message.get(), grouping.get(), coordinates.get())));
        // With a groupBy that is not understood, {date} may be right: one problem is enough.
        boolean isByDay = grouping.value().orElse(Grouping.DAY) == Grouping.DAY;
        return new DataPart(
                settings, isByDay ? KEY_BY_DAY : KEY, isByDay ? Set.of("message", "date") : Set.of("message"));
    }
}
