package dev.alluvium.ops;

/**
 * Where the HTTP floor listens.
 *
 * @param host address to bind; the endpoints know no passwords, so anything but loopback is a decision
 * @param port 0 for any free one
 */
public record OpsSettings(String host, int port) {
    /** Loopback, port 8080. */
    public static final OpsSettings DEFAULT = new OpsSettings("127.0.0.1", 8080);

    public OpsSettings {
        if (host.isBlank()) {
            throw new IllegalArgumentException("a host is needed; 127.0.0.1 keeps the endpoints on this machine");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException(port + " is no port");
        }
    }
}
