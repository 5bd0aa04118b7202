package dev.alluvium.topology;

/** Hears of every stage that a file reaches, on the thread that brings it there. For crash tests and tracing. */
@FunctionalInterface
public interface StageListener {
    /** Hears nothing. */
    StageListener NONE = (stage, key) -> {};

    void reached(Stage stage, String objectKey);
}
