package dev.alluvium.cli;

import java.util.List;

/** No pipeline is left that could go on without somebody's decision. */
final class PipelinesStoppedException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> causes;

    PipelinesStoppedException(List<String> causes) {
        super(String.join("; ", causes));
        this.causes = List.copyOf(causes);
    }

    /** One line for each pipeline that stopped. */
    List<String> causes() {
        return causes;
    }
}
