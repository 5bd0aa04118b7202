package dev.alluvium.bench.process;

import dev.alluvium.demo.EmbeddedBroker;
import java.nio.file.Path;

/** A broker in a process of its own, so that its processor time is apart. */
final class BrokerProcess {
    private BrokerProcess() {}

    /** Starts it, says where it listens, and serves until its input ends. */
    public static void main(String[] arguments) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(Path.of(arguments[0]))) {
            System.out.println(broker.bootstrapServers());
            while (System.in.read() >= 0) {
                // nothing that is said matters, only that nobody is there any more
            }
        }
    }
}
