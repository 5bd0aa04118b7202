package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RunInterceptorTest {
    private static final TopicPartition FIRST = new TopicPartition("deltas", 0);
    private static final TopicPartition SECOND = new TopicPartition("deltas", 1);

    private final RunInterceptor interceptor = new RunInterceptor();

    @Test
    void makesOneRecordOfAllThatAPollBringsOfAPartition() {
        List<ConsumerRecord<byte[], byte[]>> first = List.of(record(FIRST, 7, 100), record(FIRST, 9, 50));
        List<ConsumerRecord<byte[], byte[]>> second = List.of(record(SECOND, 3, 10));

        ConsumerRecords<byte[], byte[]> runs =
                interceptor.onConsume(new ConsumerRecords<>(Map.of(FIRST, first, SECOND, second), Map.of()));

        assertThat(runs.count()).isEqualTo(2);
        assertThat(runs.records(FIRST))
                .singleElement()
                .satisfies(run -> assertThat(RecordRun.of(run.headers())).isEqualTo(first));
        assertThat(runs.records(SECOND))
                .singleElement()
                .satisfies(run -> assertThat(RecordRun.of(run.headers())).isEqualTo(second));
    }

    /** What is not yet processed is committed by its offset: with the last one, a crash would lose the run. */
    @Test
    void givesARunTheOffsetAndTheEpochOfItsFirstRecord() {
        ConsumerRecord<byte[], byte[]> run = runOf(List.of(record(FIRST, 7, 100), record(FIRST, 9, 50)));

        assertThat(run.offset()).isEqualTo(7);
        assertThat(run.leaderEpoch()).contains(7);
    }

    @Test
    void givesARunTheGreatestTimeOfItsRecords() {
        assertThat(runOf(List.of(record(FIRST, 7, 20), record(FIRST, 8, 100), record(FIRST, 9, 50)))
                        .timestamp())
                .isEqualTo(100);
    }

    @Test
    void leavesTheOffsetsToGoOnFromAsTheyAre() {
        Map<TopicPartition, OffsetAndMetadata> next =
                Map.of(FIRST, new OffsetAndMetadata(12), SECOND, new OffsetAndMetadata(99));

        assertThat(interceptor
                        .onConsume(new ConsumerRecords<>(Map.of(FIRST, List.of(record(FIRST, 7, 1))), next))
                        .nextOffsets())
                .isEqualTo(next);
    }

    /** A commit and a pause wait for the end of a run. */
    @Test
    void makesSeveralRunsOfALongPoll() {
        List<ConsumerRecord<byte[], byte[]>> records = LongStream.range(0, 2 * RunInterceptor.MAX_RECORDS + 1)
                .mapToObj(offset -> record(FIRST, offset, offset))
                .toList();

        List<ConsumerRecord<byte[], byte[]>> runs = interceptor
                .onConsume(new ConsumerRecords<>(Map.of(FIRST, records), Map.of()))
                .records(FIRST);

        assertThat(runs).extracting(ConsumerRecord::offset).containsExactly(0L, 500L, 1000L);
        assertThat(runs.stream()
                        .flatMap(run -> Stream.ofNullable(RecordRun.of(run.headers())))
                        .flatMap(List::stream)
                        .toList())
                .isEqualTo(records);
    }

    @Test
    void makesNothingOfNothing() {
        assertThat(interceptor.onConsume(ConsumerRecords.empty()).count()).isZero();
    }

    @Test
    void aRunSurvivesTheCopyOfItsHeaders() {
        ConsumerRecord<byte[], byte[]> run = runOf(List.of(record(FIRST, 7, 1)));

        assertThat(RecordRun.of(new RecordHeaders(run.headers()))).hasSize(1);
    }

    @Test
    void aHeaderThatAProducerSendsIsNoRun() {
        assertThat(RecordRun.of(new RecordHeaders().add("alluvium.run", new byte[] {1})))
                .isNull();
    }

    private ConsumerRecord<byte[], byte[]> runOf(List<ConsumerRecord<byte[], byte[]>> records) {
        return interceptor
                .onConsume(new ConsumerRecords<>(Map.of(FIRST, records), Map.of()))
                .records(FIRST)
                .get(0);
    }

    private static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset, long timestamp) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                1,
                1,
                new byte[] {1},
                new byte[] {2},
                new RecordHeaders(),
                Optional.of((int) offset));
    }
}
