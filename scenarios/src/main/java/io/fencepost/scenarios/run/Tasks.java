package io.fencepost.scenarios.run;

import java.util.concurrent.atomic.AtomicLong;

/** Numbers for commands to workers. */
final class Tasks {
    private static final AtomicLong LAST = new AtomicLong();

    private Tasks() {}

    static long next() {
        return LAST.incrementAndGet();
    }
}
