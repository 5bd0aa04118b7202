package dev.alluvium.crash;

import dev.alluvium.topology.Stage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of the crash table in docs/design.md: where a file was when its process went down. */
enum CrashRow {
    BEFORE_CUT("before the cut"),
    CUT_WRITTEN("cut written, not committed"),
    CUT_COMMITTED("cut committed, before or during upload"),
    OBJECT_COMPLETE("object complete, ledger not advanced"),
    LEDGER_ADVANCED("ledger advanced"),
    ZOMBIE("zombie wakes");

    /**
     * A file that did not move for so long before a crash is not this process's any more: its task has moved. In samples
     * of the trace, ten in a second.
     */
    private static final int LIVE_SAMPLES = 40;

    private final String text;

    CrashRow(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** The row of a file that has reached this stage last. */
    static CrashRow after(Stage stage) {
        return switch (stage) {
            case CUT_PUT -> CUT_WRITTEN;
            case CUT_COMMITTED, UPLOAD_STARTED -> CUT_COMMITTED;
            // The ledger's advance is written but not committed: it is aborted with the process.
            case OBJECT_STORED, LEDGER_ADVANCED -> OBJECT_COMPLETE;
            case DONE_COMMITTED -> LEDGER_ADVANCED;
        };
    }

    /** How many files were in each row when the process of this trace went down; open batches count as one. */
    static Map<CrashRow, Integer> rowsOf(List<String> trace) {
        Map<String, Stage> last = new HashMap<>();
        long held = 0;
        for (String line : trace.subList(startOfLiveSamples(trace), trace.size())) {
            String[] words = line.split(" ", 2);
            if (words[0].equals(StageTrace.OPEN)) {
                held = Long.parseLong(words[1]);
            } else {
                last.put(words[1], Stage.valueOf(words[0]));
            }
        }
        Map<CrashRow, Integer> rows = new HashMap<>();
        if (held > 0) {
            rows.put(BEFORE_CUT, 1);
        }
        last.values().forEach(stage -> rows.merge(after(stage), 1, Integer::sum));
        return rows;
    }

    private static int startOfLiveSamples(List<String> trace) {
        int samples = 0;
        int start = trace.size();
        while (start > 0 && samples < LIVE_SAMPLES) {
            start--;
            if (trace.get(start).startsWith(StageTrace.OPEN)) {
                samples++;
            }
        }
        return start;
    }
}
