package dev.alluvium.config;

import com.google.protobuf.Empty;
import dev.alluvium.batch.LateSettings;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.RegistryDecoderSettings;
import dev.alluvium.decode.RegistryDecoderSettings.Policy;
import dev.alluvium.registry.RegistrySettings;
import dev.alluvium.registry.RegistrySettings.Credentials;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufMapping.Times;
import dev.alluvium.topology.DataSettings;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Records of protobuf messages whose schemas are in a registry. */
final class RegistryBinder {
    private RegistryBinder() {}

    static DataPart bind(Section section) {
        Bound<Optional<String>> message = section.find(RegistryKeys.MESSAGE);
        Section registry = section.section("registry");
        Bound<RegistrySettings> connection = connection(registry);
        Bound<Policy> onUnknown = registry.get(RegistryKeys.ON_UNKNOWN);
        Bound<Policy> onIncompatible = registry.get(RegistryKeys.ON_INCOMPATIBLE);
        registry.end();
        Bound<Times> times = section.get(DataKeys.TIMESTAMPS);
        Bound<Integer> depth = section.get(DataKeys.DEPTH);
        Bound<Boolean> coordinates = section.get(DataKeys.COORDINATES);
        // No message is known yet: what divides files is what all records have, their time.
        Bound<Partitioning> partitioning = PartitionBinder.bindFields(section, Bound.of(Empty.getDescriptor()));
        Bound<KeyLayout> layout = section.get(PartitionKeys.LAYOUT);
        Bound<Optional<LateSettings>> late = ProtobufBinder.late(section.section("late"), partitioning);
        if (section.has(DataKeys.DESCRIPTOR_SET.name())) {
            section.find(DataKeys.DESCRIPTOR_SET);
            section.problem(
                    DataKeys.DESCRIPTOR_SET.name(), "the schemas come from the registry; leave one of them out");
        }
        Bound<DataSettings> settings = section.build(() -> new DataSettings.Registry(
                new RegistryDecoderSettings(
                        message.get(),
                        partitioning.get(),
                        coordinates.get(),
                        new ProtobufMapping(depth.get(), times.get()),
                        onUnknown.get(),
                        onIncompatible.get()),
                connection.get()));
        if (partitioning.value().isEmpty() || layout.value().isEmpty()) {
            return new DataPart(settings, "", Set.of());
        }
        boolean isEverLate = late.value().filter(Optional::isPresent).isPresent();
        return new DataPart(
                        settings,
                        layout.get().key(partitioning.get(), isEverLate),
                        partitioning.get().placeholders())
                .withLate(late);
    }

    private static Bound<RegistrySettings> connection(Section section) {
        Bound<List<URI>> urls = section.get(RegistryKeys.URL);
        Bound<Optional<String>> username = section.find(RegistryKeys.USERNAME);
        Bound<Optional<String>> password = section.find(RegistryKeys.PASSWORD);
        Bound<Optional<String>> token = section.find(RegistryKeys.TOKEN);
        return section.construct(
                () -> new RegistrySettings(urls.get(), credentials(username.get(), password.get(), token.get())));
    }

    private static Optional<Credentials> credentials(
            Optional<String> username, Optional<String> password, Optional<String> token) {
        if (username.isPresent() != password.isPresent()) {
            throw new IllegalArgumentException("username and password are for each other; write both or neither");
        }
        if (username.isPresent() && token.isPresent()) {
            throw new IllegalArgumentException("takes either username and password or token");
        }
        return token.<Credentials>map(RegistrySettings.Bearer::new)
                .or(() -> username.map(name -> new RegistrySettings.Basic(name, password.orElseThrow())));
    }
}
