package dev.alluvium.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alluvium.storage.StorageSettings;
import java.util.Map;

/** A configuration file in which nothing but the section of the store is of interest. */
final class StorageSection {
    private StorageSection() {}

    static StorageSettings bind(String section) throws ConfigurationException {
        String file = """
                application: shop
                kafka: { bootstrap.servers: "localhost:9092" }
                storage: STORAGE
                pipelines:
                  - name: deltas
                    source: { topics: [lakesync.deltas] }
                    data: { type: delta, gateway: gw-1 }
                """.replace("STORAGE", section.replace("\n", "\n  "));
        return ConfigurationFile.parse("a.yaml", file, Map.of()).storage();
    }

    static String problemsOf(String section) {
        ConfigurationException problems = catchThrowableOfType(ConfigurationException.class, () -> bind(section));
        assertThat(problems).as(section).isNotNull();
        return String.valueOf(problems.getMessage());
    }
}
