package io.fencepost.jmh;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A lock, with what this process knows of its holders: how many there are, which must be one, and the greatest token seen. Thread-safe. */
final class Watched {
    private final String name;
    private final AtomicInteger holders = new AtomicInteger();
    private final AtomicLong greatest = new AtomicLong(Long.MIN_VALUE);

    Watched(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /**
     * A holder has it.
     *
     * @return whether it is the only one
     */
    boolean entered() {
        return holders.incrementAndGet() == 1;
    }

    /** A holder is about to give it back. */
    void left() {
        holders.decrementAndGet();
    }

    /**
     * A holder has this token.
     *
     * @return whether it is greater than all before
     */
    boolean grew(long token) {
        return greatest.getAndAccumulate(token, Math::max) < token;
    }
}
