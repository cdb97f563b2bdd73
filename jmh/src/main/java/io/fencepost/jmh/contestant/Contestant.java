package io.fencepost.jmh.contestant;

import java.time.Duration;

/**
 * A way to lock, opened on a backend with a number of clients, each with connections of its own. Clients count from 0. Thread-safe: a client serves many threads.
 */
public interface Contestant extends AutoCloseable {
    /** For how long a holder may be silent, for all contestants that have such a limit. */
    Duration TTL = Duration.ofSeconds(10);

    /**
     * Waits for the lock. Blocks until it is held or {@code wait} is over, more or less.
     *
     * @throws UnsupportedOperationException without {@link Ability#WAITS}
     * @throws Exception for a defect; what is wrong with the backend is an {@link Attempt}
     */
    Attempt acquire(int client, String lock, Duration wait) throws Exception;

    /** One try without waiting for the holder. */
    Attempt tryAcquire(int client, String lock) throws Exception;

    /** Ends all clients. */
    @Override
    void close();
}
