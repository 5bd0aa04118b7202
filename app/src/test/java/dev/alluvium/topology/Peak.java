package dev.alluvium.topology;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;

/** The greatest value of a gauge that was seen, looking every few milliseconds until closed. */
final class Peak implements AutoCloseable {
    private final AtomicLong highest = new AtomicLong();
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor();

    Peak(DoubleSupplier gauge) {
        var unused = watcher.scheduleWithFixedDelay(
                () -> highest.accumulateAndGet((long) gauge.getAsDouble(), Math::max), 0, 2, TimeUnit.MILLISECONDS);
    }

    long value() {
        return highest.get();
    }

    @Override
    public void close() {
        watcher.shutdownNow();
    }
}
