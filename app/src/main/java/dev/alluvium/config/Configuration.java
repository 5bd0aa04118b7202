package dev.alluvium.config;

import dev.alluvium.ops.OpsSettings;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.topology.ApplicationSettings;
import java.time.Duration;

/**
 * Everything a configuration file says. The same records can be built in code.
 *
 * @param application the process and its pipelines
 * @param storage where files go
 * @param ops where operators look
 * @param startTimeout how long a start waits for a broker and a store that do not answer
 */
public record Configuration(
        ApplicationSettings application, StorageSettings storage, OpsSettings ops, Duration startTimeout) {}
