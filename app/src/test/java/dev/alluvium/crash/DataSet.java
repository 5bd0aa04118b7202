package dev.alluvium.crash;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One pipeline's part of the evidence. All topics are read with isolation level read_committed, from their beginning.
 *
 * @param pipeline as footers and manifest name it
 * @param topicId of the source topic, as the admin tools print it
 * @param source every committed record of the source topic
 */
record DataSet(
        String pipeline,
        String topic,
        String topicId,
        Expectation expectation,
        List<ConsumerRecord<byte[], byte[]>> source,
        List<ConsumerRecord<byte[], byte[]>> deadLetters,
        List<ConsumerRecord<byte[], byte[]>> manifest) {}
