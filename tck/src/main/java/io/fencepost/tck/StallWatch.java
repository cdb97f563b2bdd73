package io.fencepost.tck;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Measures for how long this process got no processor: a rule that failed meanwhile may have failed for that alone. */
final class StallWatch implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(5);

    private final AtomicLong longest = new AtomicLong();
    private final Thread thread = new Thread(this::run, "fencepost-tck-stall-watch");

    StallWatch() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        long last = System.nanoTime();
        try {
            while (true) {
                Thread.sleep(TICK.toMillis());
                long now = System.nanoTime();
                longest.accumulateAndGet(now - last - TICK.toNanos(), Math::max);
                last = now;
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** The longest stall since the last call. */
    Duration longestAndReset() {
        return Duration.ofNanos(longest.getAndSet(0));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
