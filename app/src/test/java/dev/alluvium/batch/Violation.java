package dev.alluvium.batch;

/** An invariant of the archive does not hold. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String message) {
        super(message);
    }

    Violation(IllegalStateException stop) {
        super("the pipeline stops: " + stop.getMessage(), stop);
    }
}
