package io.fencepost.lock;

import io.fencepost.lock.spi.Capabilities;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One client of one backend: a holder of leases with an id of its own. Made by {@link LockClients}.
 *
 * <p>Thread-safe. One client a process and backend is the usual number: its threads share connections, and queue for a lock
 * without loading the backend.
 */
public interface LockClient extends AutoCloseable {
    /** The longest name, in bytes of its UTF-8 form. */
    int MAX_NAME_BYTES = 512;

    /** The id that others see as holder; unique unless it was given by the user. */
    String holder();

    /** What the provider promises. */
    Capabilities capabilities();

    /**
     * The lock of that name. Asks nothing of the backend.
     *
     * @param name 1 to {@value #MAX_NAME_BYTES} bytes in UTF-8, any characters
     * @throws IllegalArgumentException if the name is empty, too long or has no UTF-8 form, or if the ttl is outside of what the provider can do
     */
    DistributedLock lock(String name, LockOptions options);

    /**
     * Who holds a lock. Blocks for one operation of the backend.
     *
     * @return empty if the lock is free (rule 10.1)
     * @throws InterruptedException if interrupted while waiting for the answer
     * @throws LockUnavailableException if the backend did not answer
     */
    Optional<LockState> inspect(String name) throws InterruptedException;

    /** As {@link #inspect(String)}, without blocking; fails with {@link LockUnavailableException}. */
    CompletableFuture<Optional<LockState>> inspectAsync(String name);

    /**
     * Frees a lock whoever holds it. The next lease has a greater token than the one thrown out (rule 2.7), and the thrown-out
     * holder learns at its next renewal that its lease is lost: until then it may still act, and only fencing stops it.
     * For administrators. Blocks for a few operations of the backend.
     *
     * @return {@link ReleaseOutcome.Released} if somebody was thrown out, {@link ReleaseOutcome.NotHeld} if the lock was free
     * @throws InterruptedException if interrupted while waiting for the answer; the lock may have been freed
     */
    ReleaseOutcome forceRelease(String name) throws InterruptedException;

    /**
     * Releases all leases as far as the backend answers within a few seconds, ends all waits with {@link LockClosedException}, and
     * ends all threads and connections of this client. Idempotent (rule 8.2).
     */
    @Override
    void close();
}
