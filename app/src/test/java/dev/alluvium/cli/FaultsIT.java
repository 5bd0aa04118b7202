package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.batch.SmallDisk;
import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Faults that come and go while {@code alluvium run} runs: said in a line, seen at /ready, over by themselves. */
@Timeout(480)
class FaultsIT {
    @TempDir
    Path folder;

    private EmbeddedBroker broker;
    private SmallDisk spool;
    private SmallDisk archive;
    private AlluviumProcess alluvium;
    private int produced;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
        broker.createTopics(List.of(new NewTopic(Deltas.TOPIC, 2, (short) 1)));
        spool = SmallDisk.of(folder.resolve("spool"), 4096);
        archive = SmallDisk.of(folder.resolve("archive"), 4096);
        int opsPort = EmbeddedBroker.freePort();
        alluvium = AlluviumProcess.start(
                folder,
                """
                application: faults
                kafka: { bootstrap.servers: "%s", commit.interval.ms: 500,
                  consumer.session.timeout.ms: 6000, producer.transaction.timeout.ms: 10000 }
                storage: { type: local, path: "%s" }
                spool: { path: "%s" }
                state: { path: "%s" }
                ops: { port: %d }
                pipelines:
                  - name: deltas
                    source: { topics: [lakesync.deltas] }
                    data: { type: delta, gateway: gw-1 }
                    rotation: { age: 500ms }
                """.formatted(
                        broker.bootstrapServers(), archive.folder(), spool.folder(), folder.resolve("state"), opsPort),
                opsPort);
    }

    @AfterEach
    void stop() throws Exception {
        alluvium.close();
        archive.close();
        spool.close();
        broker.close();
    }

    @Test
    void healsWithEveryRowArchivedOnce() throws Exception {
        produce();
        awaitAllRows();

        spool.fill();
        produce();
        String spoolLine =
                "spool.path: cannot write to " + spool.folder() + ": No space left on device; free or add space";
        alluvium.await("the full spool", () -> alluvium.ready().equals("503 deltas: " + spoolLine + "\n"));
        alluvium.await(
                "another try", () -> alluvium.lines("pipeline starts again").size() >= 2);
        assertThat(alluvium.lines("pipeline starts again"))
                .first()
                .asString()
                .endsWith("pipeline=\"deltas\" cause=\"" + spoolLine + "\" faults=\"1\"");
        spool.free();
        awaitAllRows();
        alluvium.awaitReadiness();

        archive.fill();
        produce();
        alluvium.await(
                "the full store",
                () -> alluvium.ready()
                        .matches("503 deltas: cannot \\S+ \\S+ in file:" + archive.folder()
                                + " \\(storage.path\\): No space left on device; free or add space\n"));
        archive.free();
        awaitAllRows();
        alluvium.awaitReadiness();

        broker.close();
        alluvium.await(
                "the broker's silence",
                () -> alluvium.ready()
                        .startsWith("503 deltas: kafka.bootstrap.servers: no broker of " + broker.bootstrapServers()
                                + " has answered for 10 s; "));
        broker = EmbeddedBroker.start(folder.resolve("broker"), broker.port(), Map.of());
        alluvium.awaitReadiness();
        produce();
        awaitAllRows();

        assertThat(alluvium.terminate()).isZero();
        assertThat(Deltas.rows(archive.folder())).isEqualTo(produced);
        // Once, or once a minute on a slow machine.
        assertThat(alluvium.lines("uploads fail")).hasSizeBetween(1, 3);
        assertThat(alluvium.lines("uploads work again")).isNotEmpty();
        assertThat(alluvium.lines("Kafka does not answer")).hasSizeBetween(1, 3);
        assertThat(alluvium.lines("Kafka answers again")).isNotEmpty();
        // Neither a trace nor a storm.
        assertThat(alluvium.lines("\tat ")).isEmpty();
        assertThat(alluvium.lines(" WARN ").size() + alluvium.lines(" ERROR ").size())
                .isLessThan(25);
    }

    private void produce() {
        Deltas.produce(broker, produced, produced + 200);
        produced += 200;
    }

    private void awaitAllRows() throws Exception {
        alluvium.await("all rows", () -> Deltas.rows(archive.folder()) == produced);
    }
}
