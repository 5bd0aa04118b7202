package dev.alluvium.topology;

/** Tells the tasks of a pipeline to come to rest. Set once by the shutting-down thread, read by the stream threads. */
final class DrainSignal {
    /** How far a task goes. */
    enum Mode {
        /** Records are archived as they come. */
        RUN,
        /** Up to where the ledger decided anything, so that a changed configuration may follow. */
        FINISH_DECIDED,
        /** No more records; what is cut is finished. */
        REST,
        /** No more records; what is open is cut and finished. */
        CUT_AND_REST
    }

    private volatile Mode mode = Mode.RUN;

    void set(Mode next) {
        mode = next;
    }

    Mode mode() {
        return mode;
    }
}
