package dev.alluvium.batch;

import java.util.ArrayList;
import java.util.List;

/**
 * What the ledger holds of a partition.
 *
 * @param floor everything below it is archived; {@link #UNKNOWN} before the first record
 * @param sideOutputsUpTo dead letters were sent for all bad records below it
 * @param epochs what the decoder learned while it ran, in order of offsets; of those at or below the floor only the last
 */
public record PartitionEntry(long floor, long sideOutputsUpTo, List<SchemaEpoch> epochs) {
    /** The floor of a partition of which no record was processed yet. */
    public static final long UNKNOWN = -1;

    /** The entry of a partition that the ledger does not know. */
    public static final PartitionEntry NONE = new PartitionEntry(UNKNOWN, 0);

    public PartitionEntry {
        epochs = List.copyOf(epochs);
    }

    /** An entry of a decoder that has learned nothing. */
    public PartitionEntry(long floor, long sideOutputsUpTo) {
        this(floor, sideOutputsUpTo, List.of());
    }

    /** Without what nobody needs who begins at the floor. */
    PartitionEntry withFloor(long next) {
        int first = 0;
        while (first + 1 < epochs.size() && epochs.get(first + 1).from() <= next) {
            first++;
        }
        return new PartitionEntry(next, sideOutputsUpTo, epochs.subList(first, epochs.size()));
    }

    PartitionEntry withSideOutputsUpTo(long next) {
        return new PartitionEntry(floor, next, epochs);
    }

    /** With an epoch that begins where the last one does or later. */
    PartitionEntry with(SchemaEpoch next) {
        List<SchemaEpoch> all = new ArrayList<>(epochs);
        all.removeIf(epoch -> epoch.from() == next.from());
        all.add(next);
        return new PartitionEntry(floor, sideOutputsUpTo, all).withFloor(floor);
    }

    /** For another configuration, whose decoders know other schemas. */
    public PartitionEntry withoutEpochs() {
        return new PartitionEntry(floor, sideOutputsUpTo);
    }

    /** Where the last epoch begins; 0 if there is none. */
    long lastEpoch() {
        return epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1).from();
    }
}
