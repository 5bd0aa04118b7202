package dev.alluvium.topology;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;

/**
 * The producer of a stream thread, with the two hooks that Kafka Streams does not have: it holds the committed offsets
 * back to what is archived, and it says when a transaction has committed. Everything else goes straight through.
 */
final class ArchiveProducer implements Producer<byte[], byte[]> {
    private final Producer<byte[], byte[]> kafka;
    private final HeldOffsets offsets;
    private final Transactions transactions;
    private Transactions.@Nullable Open open;

    ArchiveProducer(Producer<byte[], byte[]> kafka, HeldOffsets offsets, Transactions transactions) {
        this.kafka = kafka;
        this.offsets = offsets;
        this.transactions = transactions;
    }

    @Override
    public void initTransactions() {
        kafka.initTransactions();
    }

    @Override
    public void beginTransaction() {
        kafka.beginTransaction();
        open = transactions.begin();
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> processed, ConsumerGroupMetadata group) {
        kafka.sendOffsetsToTransaction(offsets.hold(processed), group);
    }

    @Override
    public void commitTransaction() {
        kafka.commitTransaction();
        Transactions.Open committed = open;
        open = null;
        if (committed != null) {
            transactions.committed(committed);
        }
    }

    @Override
    public void abortTransaction() {
        forget();
        kafka.abortTransaction();
    }

    private void forget() {
        Transactions.Open aborted = open;
        open = null;
        if (aborted != null) {
            transactions.aborted(aborted);
        }
    }

    @Override
    public void close() {
        forget();
        kafka.close();
    }

    @Override
    public void close(Duration timeout) {
        forget();
        kafka.close(timeout);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return kafka.send(record);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        return kafka.send(record, callback);
    }

    @Override
    public void flush() {
        kafka.flush();
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        return kafka.partitionsFor(topic);
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return kafka.metrics();
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        kafka.registerMetricForSubscription(metric);
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        kafka.unregisterMetricFromSubscription(metric);
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        return kafka.clientInstanceId(timeout);
    }
}
