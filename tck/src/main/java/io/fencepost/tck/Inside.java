package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Where holders of one lock stay for a moment, and notice if they are not alone. Thread-safe. */
final class Inside {
    private static final Duration MOMENT = Duration.ofMillis(2);

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger meetings = new AtomicInteger();

    /** To be called under the lock. */
    void stay() throws InterruptedException {
        if (inside.incrementAndGet() > 1) {
            meetings.incrementAndGet();
        }
        try {
            Windows.pass(MOMENT);
        } finally {
            inside.decrementAndGet();
        }
    }

    void assertNobodyMet() {
        assertThat(meetings).as("times that two were inside").hasValue(0);
    }
}
