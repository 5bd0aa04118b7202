package dev.alluvium.crash;

import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes the records of one topic, one after another. */
interface TrafficSource {
    ProducerRecord<byte[], byte[]> next(int partition);
}
