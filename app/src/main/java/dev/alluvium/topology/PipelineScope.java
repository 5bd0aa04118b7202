package dev.alluvium.topology;

import dev.alluvium.batch.MemoryBudget;
import dev.alluvium.batch.RowFile;
import dev.alluvium.batch.Rule;
import dev.alluvium.batch.Spool;
import dev.alluvium.metrics.ArchiveMetrics;
import dev.alluvium.upload.Uploader;
import java.time.Clock;
import java.util.Set;

/**
 * What the tasks of one run of a pipeline share. The budget, the spool and the uploader are the process's.
 *
 * @param files makes data files, and remembers for all of them what pays for their columns
 * @param balance pauses the process's pipelines if uploads fall behind; tasks ask for it when they add to the spool
 */
record PipelineScope(
        PipelineSettings settings,
        DataSet data,
        SourceFacts source,
        String fingerprint,
        RowFile.Maker files,
        MemoryBudget budget,
        Spool spool,
        Uploader uploader,
        ArchiveMetrics.Pipeline metrics,
        HeldOffsets heldOffsets,
        Transactions transactions,
        DrainSignal drain,
        Runnable balance,
        Clock clock,
        Set<Rule> rules,
        StageListener stages,
        String writerVersion) {}
