package dev.alluvium.topology;

import java.util.HashSet;
import java.util.Set;

/**
 * Tells schemas that are lost from those that only come later: whoever takes a partition over may be behind what brings
 * them, and each run of a pipeline reads all there are before it reads records. Used by the pipeline's supervisor.
 */
final class LostSchemas {
    private final Set<String> missed = new HashSet<>();

    /** The fault, final if it is of schemas that an earlier run missed too. */
    Fault judge(Fault fault) {
        boolean isMissedAgain = fault.kind() == Fault.Kind.SCHEMA_LOST && !missed.add(fault.line());
        return isMissedAgain ? new Fault(Fault.Kind.FINAL, fault.line()) : fault;
    }
}
