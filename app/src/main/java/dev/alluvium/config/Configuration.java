package dev.alluvium.config;

import dev.alluvium.ops.OpsSettings;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.topology.ApplicationSettings;

/**
 * Everything a configuration file says. The same records can be built in code.
 *
 * @param application the process and its pipelines
 * @param storage where files go
 * @param ops where operators look
 */
public record Configuration(ApplicationSettings application, StorageSettings storage, OpsSettings ops) {}
