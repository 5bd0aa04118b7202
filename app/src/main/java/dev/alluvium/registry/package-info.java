/** A client of schema registries that speak Confluent's API. The id of a schema comes in, its linked protobuf files or the reason why there are none go out. Knows neither records nor pipelines. */
@NullMarked
package dev.alluvium.registry;

import org.jspecify.annotations.NullMarked;
