package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.ops.PipelineStatus;
import dev.alluvium.proto.lakesync.v1.ColumnDelta;
import dev.alluvium.proto.manifest.v1.DataFile;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.storage.FlakyObjectStore;
import io.micrometer.core.instrument.Meter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More data than memory, disk or the store take at once. */
class PressureIT {
    private static final RotationSettings NEVER = new RotationSettings(null, null, Duration.ofHours(1), null, null);

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

    private ArchiveFixture fixture(String topic) {
        ArchiveFixture fixture = new ArchiveFixture(broker, folder, topic);
        fixture.createTopic(1);
        return fixture;
    }

    // ---- an outage -------------------------------------------------------------------------------------------------

    @Test
    void anOutageLongerThanThePollIntervalPausesReadingAndEvictsNobody() throws Exception {
        Duration pollInterval = Duration.ofSeconds(8);
        long spoolLimit = 2 << 20;
        int records = 10_000;
        ArchiveFixture fixture = fixture("outage");
        produceLargeDeltas(fixture, records);
        FlakyObjectStore[] store = new FlakyObjectStore[1];
        fixture.storeWrapper = local -> store[0] = new FlakyObjectStore(local, 1);
        fixture.tune = settings -> {
            Map<String, String> kafka = new HashMap<>(settings.kafka());
            kafka.put("max.poll.interval.ms", Long.toString(pollInterval.toMillis()));
            kafka.put("session.timeout.ms", "6000");
            return with(settings, kafka, 1 << 20, spoolLimit);
        };

        try (Archive archive = fixture.open();
                Peak spool = new Peak(
                        () -> fixture.meters.get("alluvium.spool").gauge().value())) {
            store[0].beginOutage();
            archive.start();
            ArchiveFixture.await("reading pauses", () -> state(archive) == PipelineStatus.State.PAUSED);
            Set<String> members = members(fixture);
            assertThat(members).hasSize(1);
            Set<PipelineStatus.State> seen = new HashSet<>();
            Instant end = Instant.now().plus(pollInterval.plusSeconds(4));
            while (Instant.now().isBefore(end)) {
                PipelineStatus status = archive.pipelines().get(0);
                seen.add(status.state());
                assertThat(status.isReady()).isFalse();
                assertThat(status.causes()).anyMatch(cause -> cause.contains("injected fault"));
                Thread.sleep(50);
            }
            assertThat(seen).containsExactly(PipelineStatus.State.PAUSED);
            assertThat(members(fixture)).isEqualTo(members);

            store[0].endOutage();
            ArchiveFixture.await("all is archived", () -> fixture.archivedRecords() == records);

            assertThat(members(fixture)).isEqualTo(members);
            assertThat(archive.pipelines().get(0).isReady()).isTrue();
            assertThat(spool.value()).isBetween(spoolLimit / 2, spoolLimit);
            assertThat(kafkaMeters(fixture)).isNotEmpty();
        }
        assertThat(kafkaMeters(fixture)).isEmpty();
        assertThat(fixture.query("select count(*) from {files}")).isEqualTo(records);
        assertThat(fixture.query("select count(distinct _offset) from {files}")).isEqualTo(records);
        assertThat(fixture.manifest()).hasSameSizeAs(fixture.files());
    }

    /** Kafka Streams' own meters, which are there while the pipeline runs. */
    private static List<Meter> kafkaMeters(ArchiveFixture fixture) {
        return fixture.meters.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith("kafka."))
                .toList();
    }

    private static PipelineStatus.State state(Archive archive) {
        return archive.pipelines().get(0).state();
    }

    private static Set<String> members(ArchiveFixture fixture) {
        String group = "test-" + fixture.topic;
        try (Admin admin = fixture.admin()) {
            ConsumerGroupDescription description = Objects.requireNonNull(KafkaFutures.get(
                            admin.describeConsumerGroups(List.of(group)).all())
                    .get(group));
            return description.members().stream()
                    .map(MemberDescription::consumerId)
                    .collect(Collectors.toSet());
        }
    }

    /** A kilobyte and a half of text each that does not compress. */
    private static void produceLargeDeltas(ArchiveFixture fixture, int records) {
        Random random = new Random(1);
        byte[] noise = new byte[1100];
        try (KafkaProducer<byte[], byte[]> producer = fixture.producer()) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                random.nextBytes(noise);
                String title = '"' + Base64.getEncoder().encodeToString(noise) + '"';
                byte[] delta = ArchiveFixture.delta("todos", i, ArchiveFixture.DAY).toBuilder()
                        .clearColumns()
                        .addColumns(
                                ColumnDelta.newBuilder().setColumn("title").setValue(ByteString.copyFromUtf8(title)))
                        .build()
                        .toByteArray();
                sent.add(producer.send(new ProducerRecord<>(fixture.topic, 0, null, delta)));
            }
            sent.forEach(KafkaFutures::get);
        }
    }

    // ---- memory ----------------------------------------------------------------------------------------------------

    @Test
    void manyWideGroupsStayWithinATinyBudget() throws Exception {
        long budget = 8 << 20;
        int sessions = 400;
        ArchiveFixture fixture = fixture("wide");
        fixture.pipeline = Sessions.pipeline(fixture.pipeline, NEVER, 10_000);
        fixture.tune = settings -> with(settings, settings.kafka(), budget, 256 << 20);
        produceWideSamples(fixture, sessions, 5, false);

        long peak = runAndWatch(fixture, "alluvium.arrow", 5L * sessions);

        assertThat(peak).isBetween(budget / 2, budget + budget / 4);
        assertEverySampleOnce(fixture, 5L * sessions);
        assertThat(reasons(fixture)).contains("memory");
    }

    @Test
    void aWideGroupGivesRowGroupsToTheSpoolAndStaysOneFile() throws Exception {
        long budget = 1 << 20;
        ArchiveFixture fixture = fixture("row-groups");
        fixture.pipeline = Sessions.pipeline(fixture.pipeline, NEVER, 10_000);
        fixture.tune = settings -> with(settings, settings.kafka(), budget, 256 << 20);
        produceWideSamples(fixture, 1, 3000, false);

        long peak = runAndWatch(fixture, "alluvium.arrow", 3000);

        assertThat(peak).isBetween(budget / 2, 2 * budget);
        assertEverySampleOnce(fixture, 3000);
        assertThat(fixture.files()).hasSize(1);
        assertThat(fixture.query("select count(distinct row_group_id) from parquet_metadata('"
                        + fixture.files().get(0) + "')"))
                .isGreaterThan(1);
    }

    @Test
    void neverMoreGroupsAreOpenThanAllowed() throws Exception {
        ArchiveFixture fixture = fixture("capped");
        fixture.pipeline = Sessions.pipeline(fixture.pipeline, NEVER, 20);
        produceWideSamples(fixture, 100, 3, true);

        long peak = runAndWatch(fixture, "alluvium.open.batches", 300);

        assertThat(peak).isBetween(1L, 20L);
        assertEverySampleOnce(fixture, 300);
        assertThat(reasons(fixture)).containsExactlyInAnyOrder("open_groups", "shutdown");
    }

    /** The greatest value of the gauge while everything read is archived. */
    private static long runAndWatch(ArchiveFixture fixture, String gauge, long records) throws InterruptedException {
        try (Archive archive = fixture.open();
                Peak peak = new Peak(() -> fixture.meters.get(gauge).gauge().value())) {
            archive.start();
            ArchiveFixture.await("all is read", () -> read(fixture) >= records);
            assertThat(archive.drain(true)).isTrue();
            return peak.value();
        }
    }

    private static double read(ArchiveFixture fixture) {
        var counter = fixture.meters.find("alluvium.records.read").counter();
        return counter == null ? 0 : counter.count();
    }

    private static void assertEverySampleOnce(ArchiveFixture fixture, long samples) {
        assertThat(fixture.archivedRecords()).isEqualTo(samples);
        assertThat(fixture.query("select count(*) from {files}")).isEqualTo(samples);
        assertThat(fixture.query("select count(distinct _offset) from {files}")).isEqualTo(samples);
    }

    private static Set<String> reasons(ArchiveFixture fixture) {
        return fixture.manifest().stream().map(DataFile::getRotationReason).collect(Collectors.toSet());
    }

    /** Samples of 200 channels; the sessions take turns, or one follows the other. */
    private static void produceWideSamples(ArchiveFixture fixture, int sessions, int samplesOfEach, boolean inTurns) {
        Map<String, Double> aux =
                IntStream.range(0, 200).boxed().collect(Collectors.toMap(i -> "channel" + i, i -> i + 0.5));
        int samples = sessions * samplesOfEach;
        for (int from = 0; from < samples; from += 500) {
            Sessions.produce(
                    fixture,
                    IntStream.range(from, Math.min(samples, from + 500))
                            .mapToObj(i -> Sessions.sample(inTurns ? i % sessions : i / samplesOfEach, i, aux))
                            .toArray(TelemetryRecord[]::new));
        }
    }

    private static ApplicationSettings with(
            ApplicationSettings settings, Map<String, String> kafka, long budget, long spoolLimit) {
        return new ApplicationSettings(
                settings.name(),
                kafka,
                budget,
                settings.stateDirectory(),
                settings.spool(),
                spoolLimit,
                settings.uploadThreads(),
                settings.drainTimeout(),
                settings.pipelines());
    }
}
