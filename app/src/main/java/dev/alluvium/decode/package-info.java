/** Protobuf bytes into column buffers: a wire plan compiled from a descriptor, and the decoders of the delta and telemetry data sets. A record comes in, a rejection or rows with their group go out; knows neither Kafka nor files. */
@NullMarked
package dev.alluvium.decode;

import org.jspecify.annotations.NullMarked;
