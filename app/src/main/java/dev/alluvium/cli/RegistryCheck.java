package dev.alluvium.cli;

import dev.alluvium.registry.RegistryClient;
import dev.alluvium.schema.SchemaSourceException;
import dev.alluvium.topology.ApplicationSettings;
import dev.alluvium.topology.DataSettings;
import dev.alluvium.topology.Finding;
import dev.alluvium.topology.PipelineSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks the schema registries of the enabled pipelines whether they answer, and whether they know the topics. */
final class RegistryCheck {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private RegistryCheck() {}

    static List<Finding> run(ApplicationSettings application, Clock clock) {
        List<Finding> findings = new ArrayList<>();
        for (PipelineSettings pipeline : application.pipelines()) {
            if (pipeline.enabled() && pipeline.data() instanceof DataSettings.Registry data) {
                check(pipeline, data, clock, findings);
            }
        }
        return findings;
    }

    private static void check(
            PipelineSettings pipeline, DataSettings.Registry data, Clock clock, List<Finding> findings) {
        String subject = "schema registry " + data.registry().urls().get(0);
        RegistryClient client =
                new RegistryClient(data.registry(), "pipelines[" + pipeline.name() + "].data.registry", LIMIT, clock);
        try {
            client.check();
            findings.add(Finding.ok(subject, "answers"));
            for (String topic : pipeline.source().topics()) {
                String value = topic + "-value";
                findings.add(
                        client.hasSubject(value)
                                ? Finding.ok("subject " + value, "is there")
                                : Finding.warn(
                                        "subject " + value,
                                        "is not in the registry",
                                        "see whether the producers of " + topic
                                                + " register their schemas under another name"));
            }
        } catch (SchemaSourceException e) {
            findings.add(Finding.fail(subject, String.valueOf(e.getMessage()), ""));
        }
    }
}
