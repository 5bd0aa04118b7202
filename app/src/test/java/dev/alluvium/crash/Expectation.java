package dev.alluvium.crash;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Says of each committed record what must become of it, from the generated protobuf classes alone: it shares no code
 * with the decoders that it judges.
 */
interface Expectation {
    Fate of(ConsumerRecord<byte[], byte[]> committed);
}
