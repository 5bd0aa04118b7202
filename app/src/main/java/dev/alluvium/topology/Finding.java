package dev.alluvium.topology;

/**
 * What one check found.
 *
 * @param subject what was looked at: a topic, a group, a store
 * @param action what somebody should do; empty if nothing
 */
public record Finding(Level level, String subject, String detail, String action) {
    /** How bad it is. */
    public enum Level {
        OK,
        /** It runs, and something may go wrong later. */
        WARN,
        /** A run cannot work so. */
        FAIL
    }

    public static Finding ok(String subject, String detail) {
        return new Finding(Level.OK, subject, detail, "");
    }

    public static Finding warn(String subject, String detail, String action) {
        return new Finding(Level.WARN, subject, detail, action);
    }

    public static Finding fail(String subject, String detail, String action) {
        return new Finding(Level.FAIL, subject, detail, action);
    }
}
