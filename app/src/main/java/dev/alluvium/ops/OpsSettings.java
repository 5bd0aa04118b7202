package dev.alluvium.ops;

/**
 * Where the HTTP floor for operators listens.
 *
 * @param host name or address; the default reaches this machine only, {@code 0.0.0.0} opens it to the network without any
 *     authentication
 * @param port TCP port; 0 takes a free one
 */
public record OpsSettings(String host, int port) {
    /** This machine only, port 8080. */
    public static final OpsSettings DEFAULT = new OpsSettings("127.0.0.1", 8080);

    public OpsSettings {
        if (host.isBlank()) {
            throw new IllegalArgumentException("ops.host is empty");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("ops.port is not a port: " + port);
        }
    }
}
