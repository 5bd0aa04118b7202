package dev.alluvium.ops;

import java.util.List;

/** Tells how the pipelines are. Asked from several threads at once; answers without waiting for anything. */
public interface StatusSource {
    /** One status for each pipeline that this process is configured to run, also before it has started. */
    List<PipelineStatus> pipelines();
}
