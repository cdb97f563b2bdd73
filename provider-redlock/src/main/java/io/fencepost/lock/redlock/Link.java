package io.fencepost.lock.redlock;

import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection in service, with what is under way on it. Thread-safe. */
final class Link {
    /**
     * How many attempts a node may leave unanswered before it is asked no more. Only attempts are held back: releases and renewals always go through, and
     * are bounded by the attempts before them.
     */
    static final int MAX_ATTEMPTS = 4096;

    private final StatefulRedisConnection<String, String> connection;
    private final String marker;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile long lastProgress = System.nanoTime();

    /** @param marker what the node was admitted with */
    Link(StatefulRedisConnection<String, String> connection, String marker) {
        this.connection = connection;
        this.marker = marker;
    }

    String marker() {
        return marker;
    }

    StatefulRedisConnection<String, String> connection() {
        return connection;
    }

    /** Counts a command in, unless it is an attempt too many. */
    boolean begin(boolean attempt) {
        if (attempt && attempts.incrementAndGet() > MAX_ATTEMPTS) {
            attempts.decrementAndGet();
            return false;
        }
        if (pending.getAndIncrement() == 0) {
            lastProgress = System.nanoTime();
        }
        return true;
    }

    void end(boolean attempt) {
        lastProgress = System.nanoTime();
        pending.decrementAndGet();
        if (attempt) {
            attempts.decrementAndGet();
        }
    }

    /** For how long commands have been waiting without any answer. */
    Duration silence() {
        return pending.get() == 0 ? Duration.ZERO : sinceProgress();
    }

    /** For how long nothing was asked. */
    Duration idle() {
        return pending.get() > 0 ? Duration.ZERO : sinceProgress();
    }

    private Duration sinceProgress() {
        return Duration.ofNanos(System.nanoTime() - lastProgress);
    }
}
