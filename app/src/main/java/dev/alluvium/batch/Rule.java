package dev.alluvium.batch;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The rules of the exactly-once protocol, by name. A running archive keeps all of them. They have names so that the
 * simulation and the control runs of the crash test can leave one out and see the checker fail; no setting can.
 */
public enum Rule {
    /** A file may become visible only after the transaction that carries its cut has committed. */
    DURABLE,
    /** A cut in the ledger binds: after a restart the batch closes at its end again. */
    BINDING,
    /** The committed offset of a partition is its low-water mark. */
    HELD_BACK,
    /** Groups without an entry are archived below the floor. */
    FLOOR,
    /** Nothing is written before a record has been processed: a transaction without offsets is not fenced. */
    SEEN,
    /** A dead letter is sent once. */
    SIDE_OUTPUTS,
    /** Files of a group are finished in order. */
    ORDER,
    /** A file whose key is taken by another one gets a qualified key. */
    REWRITE,
    /** Groups that are archived and idle are forgotten, also without a finished file. */
    TIDY,
    /** The first record that a partition ever processes sets its floor. */
    FIRST_FLOOR,
    /** A file starts at the offset of its first row. */
    CUT_START,
    /** What a decoder has learned holds from a record on, and after a crash from the same one. */
    EPOCHS,
    /** A decoder learns only above all that is decided. */
    LEARN_AHEAD;

    /** All rules: what production runs under. */
    public static Set<Rule> all() {
        return Collections.unmodifiableSet(EnumSet.allOf(Rule.class));
    }

    /** All rules but some, for control runs. */
    public static Set<Rule> allBut(Set<Rule> without) {
        EnumSet<Rule> rules = EnumSet.allOf(Rule.class);
        rules.removeAll(without);
        return Collections.unmodifiableSet(rules);
    }
}
