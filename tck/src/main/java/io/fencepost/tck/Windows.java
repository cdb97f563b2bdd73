package io.fencepost.tck;

import java.time.Duration;

/**
 * Stretches of time in which something must <i>not</i> happen: the only places where the kit sleeps. A window that is
 * too short makes a rule lenient, never flaky. Presence is awaited by {@link Awaits}.
 */
final class Windows {
    /** In which an announcement that must not come would have come. */
    static final Duration NO_ANNOUNCEMENT = Duration.ofMillis(250);

    /** In which a request that was held back would have taken effect once it was delivered. */
    static final Duration LATE_REQUEST = Duration.ofMillis(500);

    /** In which servers that forgot who holds would have let somebody else in. */
    static final Duration AFTER_RESTART = Duration.ofSeconds(2);

    /** In which a server whose clock was moved would have ended a lease: such as by a sweep for what has expired. */
    static final Duration CLOCK_JUMP = Duration.ofMillis(1_500);

    private Windows() {}

    /** Lets a window pass. */
    static void pass(Duration window) throws InterruptedException {
        Thread.sleep(window.toMillis());
    }

    /** Lets time pass until the monotonic clock shows {@code nanoTime}. */
    static void passUntil(long nanoTime) throws InterruptedException {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            Thread.sleep(left / 1_000_000 + 1);
        }
    }
}
