package dev.alluvium.topology;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/** How Kafka's command line tools reach the cluster of a pipeline. */
public final class KafkaTools {
    private final String connection;

    private KafkaTools(String connection) {
        this.connection = connection;
    }

    /** For the cluster of a pipeline; the credentials of whoever may use them stand in a file of his own. */
    public static KafkaTools of(ApplicationSettings application, PipelineSettings pipeline) {
        Map<String, String> properties = new HashMap<>(application.kafka());
        properties.putAll(pipeline.kafka());
        boolean isOpen = CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL.equals(properties.getOrDefault(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL));
        String servers = properties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "");
        return new KafkaTools(" --bootstrap-server " + servers + (isOpen ? "" : " --command-config admin.properties"));
    }

    String command(String tool) {
        return tool + connection;
    }
}
