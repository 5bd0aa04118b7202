package dev.alluvium.decode;

import dev.alluvium.arrow.RecordBatch;
import org.jspecify.annotations.Nullable;

/** A group and the columns of the batch that its rows went to last. */
final class DeltaGroup {
    private final long epochDay;
    private final Group group;
    private @Nullable DeltaColumns columns;

    DeltaGroup(long epochDay, Group group) {
        this.epochDay = epochDay;
        this.group = group;
    }

    long epochDay() {
        return epochDay;
    }

    Group group() {
        return group;
    }

    /** The columns of a batch, found anew only when the batch is another or has become wider. */
    DeltaColumns columns(RecordBatch batch, DeltaLayout layout) {
        DeltaColumns known = columns;
        if (known == null || !known.areOf(batch)) {
            known = new DeltaColumns(batch, layout);
            columns = known;
        }
        return known;
    }
}
