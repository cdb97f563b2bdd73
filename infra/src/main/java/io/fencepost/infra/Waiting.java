package io.fencepost.infra;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Polling with a deadline on the monotonic clock. */
final class Waiting {

    static final Charset CONSOLE = Charset.defaultCharset();
    static final Duration STEP = Duration.ofMillis(20);

    private Waiting() {}

    /** Whether the condition came true within the limit; it is tried at least once. */
    static boolean until(Duration limit, Duration step, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start >= limit.toNanos()) {
                return false;
            }
            pause(step);
        }
        return true;
    }

    static void pause(Duration step) {
        try {
            TimeUnit.NANOSECONDS.sleep(step.toNanos());
        } catch (InterruptedException e) {
            throw interrupted("waiting", e);
        }
    }

    static IllegalStateException interrupted(String what, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted: " + what, cause);
    }
}
