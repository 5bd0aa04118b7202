/** The Kafka Streams application: topology, processor, state stores, transactions. Everything that knows Kafka is here. */
@NullMarked
package dev.alluvium.topology;

import org.jspecify.annotations.NullMarked;
