package dev.alluvium.topology;

import dev.alluvium.batch.LedgerWriter;
import dev.alluvium.proto.manifest.v1.DataFile;
import org.apache.kafka.common.TopicPartition;

/** What a partition writes into the open transaction of its task. */
interface TaskOutputs {
    LedgerWriter ledgerOf(TopicPartition partition);

    /** One finished file. */
    void manifest(DataFile file);

    /** Asks for an offset commit soon, so that what was written becomes durable. */
    void requestCommit();
}
