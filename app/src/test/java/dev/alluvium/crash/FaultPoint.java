package dev.alluvium.crash;

import dev.alluvium.topology.Stage;

/**
 * Where an instance brings itself down.
 *
 * @param stage that a file reaches
 * @param count at which occurrence of it in the life of the process, from 1
 * @param fault what happens there
 */
record FaultPoint(Stage stage, int count, Fault fault) {

    enum Fault {
        /** The process ends at once, without shutdown hooks: what kill -9 does, at a chosen point. */
        HALT,
        /**
         * The stream thread stays there, its transaction open, until a file is stored or some seconds have gone by; then
         * the process ends at once. A file that may go up before its cut has committed goes up now.
         */
        HALT_AFTER_UPLOAD,
        /** The process stops itself with SIGSTOP; somebody continues it. */
        STOP
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return stage + ":" + count + ":" + fault;
    }

    static FaultPoint parse(String text) {
        String[] parts = text.split(":", -1);
        return new FaultPoint(Stage.valueOf(parts[0]), Integer.parseInt(parts[1]), Fault.valueOf(parts[2]));
    }
}
