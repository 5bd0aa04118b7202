package dev.alluvium.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/** One line on a terminal that says how far a step has come; nothing at all elsewhere. Not thread safe. */
final class ProgressBar {
    private static final int WIDTH = 40;

    private final PrintStream out;
    private final boolean visible;
    private final String step;
    private final long total;
    private long percent = -1;

    ProgressBar(PrintStream out, boolean visible, String step, long total) {
        this.out = out;
        this.visible = visible;
        this.step = step;
        this.total = total;
    }

    /** Shows how much is done; cheap when that changes nothing to see. */
    void show(long done) {
        long now = total == 0 ? 100 : Math.min(100, done * 100 / total);
        if (!visible || now == percent) {
            return;
        }
        percent = now;
        int full = (int) (now * WIDTH / 100);
        out.printf(
                Locale.ROOT,
                "\r%-10s [%s%s] %3d %% of %,d",
                step,
                "#".repeat(full),
                " ".repeat(WIDTH - full),
                now,
                total);
        out.flush();
    }

    /** Ends the line. */
    void finish() {
        if (visible) {
            out.println();
        }
    }

    /** Whether a person sees what is written to the stream. */
    static boolean isTerminal(PrintStream stream) throws InterruptedException {
        if (stream != System.err) {
            return false;
        }
        try {
            // Java knows a console only if standard output is one too, and from 22 on even where there is none.
            return new ProcessBuilder("test", "-t", "2").inheritIO().start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }
}
