package dev.alluvium.cli;

import dev.alluvium.config.Configuration;
import dev.alluvium.parquet.WriterVersion;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StoragePermission;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.topology.Acl;
import dev.alluvium.topology.ApplicationSettings;
import dev.alluvium.topology.Finding;
import dev.alluvium.topology.KafkaCheck;
import dev.alluvium.topology.KafkaRights;
import dev.alluvium.topology.KafkaTools;
import dev.alluvium.topology.PipelineSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks everything that a configuration names whether a run would work, and says what a run must be allowed to do. */
final class ConnectionCheck {
    /** A store may repeat a request for a while by itself before it gives up. */
    private static final Duration STORE = Duration.ofSeconds(60);

    private ConnectionCheck() {}

    static ConnectionReport run(Configuration configuration, Clock clock) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok(
                "program",
                "alluvium " + WriterVersion.current() + ", Java " + System.getProperty("java.version")
                        + ", Kafka client " + KafkaCheck.clientVersion()));
        KafkaCheck.Result kafka = KafkaCheck.run(configuration.application(), clock);
        findings.addAll(kafka.findings());
        findings.addAll(RegistryCheck.run(configuration.application(), clock));
        findings.add(store(configuration.storage(), clock));
        return new ConnectionReport(
                findings,
                acls(configuration.application(), Acl.Need.ALWAYS),
                acls(configuration.application(), Acl.Need.TO_CREATE),
                kafka.createTopics(),
                StoragePermission.of(configuration.storage()));
    }

    /** The commands that give rights in Kafka to {@link KafkaRights#PRINCIPAL}, over all enabled pipelines. */
    static List<String> acls(ApplicationSettings application, Acl.Need need) {
        Set<String> commands = new LinkedHashSet<>();
        for (PipelineSettings pipeline : application.pipelines()) {
            if (pipeline.enabled()) {
                KafkaTools tools = KafkaTools.of(application, pipeline);
                KafkaRights.of(application, pipeline).stream()
                        .filter(acl -> acl.need() == need)
                        .forEach(acl -> commands.add(acl.command(tools, KafkaRights.PRINCIPAL)));
            }
        }
        return List.copyOf(commands);
    }

    private static Finding store(StorageSettings settings, Clock clock) throws InterruptedException {
        FutureTask<Finding> probe = new FutureTask<>(() -> probe(settings, clock));
        Thread thread = new Thread(probe, "store-probe");
        thread.setDaemon(true);
        thread.start();
        try {
            return probe.get(STORE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return Finding.fail(
                    "store",
                    "does not answer within " + STORE.toSeconds() + " s",
                    "correct storage, or let this machine" + " through");
        } catch (ExecutionException e) {
            return Finding.fail("store", String.valueOf(e.getCause()), "");
        }
    }

    private static Finding probe(StorageSettings settings, Clock clock) {
        try (ObjectStore store = Stores.open(settings, clock)) {
            store.probe();
            return Finding.ok(
                    "store " + store.describe(), "wrote a probe, was refused to overwrite it, read it, deleted it");
        } catch (StorageException e) {
            return Finding.fail("store", Errors.oneLine(e), "");
        }
    }
}
