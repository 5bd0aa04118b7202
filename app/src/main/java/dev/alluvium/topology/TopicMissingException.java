package dev.alluvium.topology;

/** A topic that the pipeline reads is not there, and the pipeline is to wait for it. */
final class TopicMissingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TopicMissingException(String message) {
        super(message);
    }
}
