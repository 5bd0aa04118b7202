package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.proto.manifest.v1.DataFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveIT {
    @TempDir
    static Path brokerFolder;

    @TempDir
    Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(brokerFolder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void archivesEveryDeltaOnce() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "once");
        fixture.createTopic(2);
        fixture.produceDeltas(2, 0, 1000);

        fixture.runUntilArchived(1000);

        assertThat(fixture.query("select count(*) from {files}")).isEqualTo(1000);
        assertThat(fixture.query("select count(distinct (_partition, _offset)) from {files}"))
                .isEqualTo(1000);
        assertThat(fixture.query("select count(*) from {files} where \"table\" = 'notes'"))
                .isEqualTo(334);
        List<DataFile> manifest = fixture.manifest();
        assertThat(manifest).hasSameSizeAs(fixture.files());
        assertThat(manifest).extracting(DataFile::getKey).doesNotHaveDuplicates();
        assertThat(fixture.deadLetters()).isEmpty();
    }

    @Test
    void sendsABadRecordToTheDeadLettersAndGoesOn() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "bad");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 10);
        fixture.produce(0, new byte[] {1, 2, 3});
        fixture.produceDeltas(1, 10, 20);

        fixture.runUntilArchived(20);

        assertThat(fixture.deadLetters()).singleElement().satisfies(record -> {
            assertThat(record.value()).containsExactly(1, 2, 3);
            assertThat(new String(record.headers().lastHeader("alluvium.offset").value(), StandardCharsets.UTF_8))
                    .isEqualTo("10");
            assertThat(record.headers().lastHeader("alluvium.reason")).isNotNull();
        });
    }

    @Test
    void goesOnWhereItStopped() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "resumed");
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 250);
        fixture.runUntilArchived(250);
        fixture.produceDeltas(1, 250, 500);

        fixture.runUntilArchived(500);

        assertThat(fixture.query("select count(*) from {files}")).isEqualTo(500);
        assertThat(fixture.query("select count(distinct _offset) from {files}")).isEqualTo(500);
    }

    @Test
    void archivesTheSameWhereRecordsComeOneByOne() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "one-by-one");
        fixture.byRun(false);
        fixture.createTopic(2);
        fixture.produceDeltas(2, 0, 500);
        fixture.produce(0, new byte[] {1, 2, 3});

        fixture.runUntilArchived(500);

        assertThat(fixture.query("select count(distinct (_partition, _offset)) from {files}"))
                .isEqualTo(500);
        assertThat(fixture.deadLetters()).hasSize(1);
    }

    @Test
    void archivesTheSameWhereAUsersInterceptorFails() throws Exception {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, "intercepted");
        fixture.kafka("consumer.interceptor.classes", FailingInterceptor.class.getName());
        fixture.createTopic(1);
        fixture.produceDeltas(1, 0, 500);

        fixture.runUntilArchived(500);

        assertThat(fixture.query("select count(distinct _offset) from {files}")).isEqualTo(500);
        assertThat(FailingInterceptor.SEEN).hasValueGreaterThanOrEqualTo(500);
    }

    /** Sees records, not runs. */
    public static final class FailingInterceptor implements ConsumerInterceptor<byte[], byte[]> {
        static final AtomicInteger SEEN = new AtomicInteger();

        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            SEEN.addAndGet(records.count());
            throw new IllegalStateException("this interceptor fails");
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void configure(Map<String, ?> properties) {}

        @Override
        public void close() {}
    }
}
