package io.fencepost.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A named lock. A cheap handle without state of its own: two handles of the same name from one client are the same lock.
 *
 * <p>Thread-safe. Not reentrant: the holder's own second try is contended like anybody's (rule 1.5). Threads of one client queue
 * in the order of arrival, and only the first of them asks the backend.
 */
public interface DistributedLock {
    /** The name, compared code point by code point (rule 1.6). */
    String name();

    /** The options of leases acquired through this handle. */
    LockOptions options();

    /**
     * Waits for as long as it takes, also through times when the backend is unavailable.
     *
     * @throws InterruptedException if interrupted; nothing is left behind (rule 7.4)
     * @throws LockClosedException if the client is closed before or while waiting
     */
    Lease acquire() throws InterruptedException;

    /**
     * One try without waiting for the holder; blocks for one operation of the backend.
     *
     * @return empty if somebody else holds the lock, or threads of this client already queue for it
     * @throws InterruptedException if interrupted; nothing is left behind
     * @throws LockUnavailableException if the backend could not decide
     * @throws OutcomeUnknownException if it is not known whether the try took effect; see {@link AcquireOutcome.Indeterminate}
     * @throws LockClosedException if the client is closed
     */
    Optional<Lease> tryAcquire() throws InterruptedException;

    /**
     * Tries until {@code waitTime} is over. A try that is under way when it ends may finish, so the call lasts at most the wait time
     * plus one operation of the backend (rule 7.2).
     *
     * @param waitTime not negative; zero is {@link #tryAcquire()}
     * @return empty if the lock was held by somebody else when the wait ended
     * @throws InterruptedException if interrupted; nothing is left behind
     * @throws LockUnavailableException if the last try could not be decided
     * @throws OutcomeUnknownException if it is not known whether the last try took effect
     * @throws LockClosedException if the client is closed before or while waiting
     */
    Optional<Lease> tryAcquire(Duration waitTime) throws InterruptedException;

    /**
     * As {@link #tryAcquire(Duration)}, without blocking, with contention and faults as values.
     *
     * @return fails only with {@link LockClosedException}; cancelling it ends the wait and leaves nothing behind
     */
    CompletableFuture<AcquireOutcome> acquireAsync(Duration waitTime);

    /**
     * As {@link #acquire()}, without blocking.
     *
     * @return fails only with {@link LockClosedException}; cancelling it ends the wait and leaves nothing behind
     */
    CompletableFuture<Lease> acquireAsync();

    /** As {@link LockClient#inspect(String)} of this lock. */
    Optional<LockState> inspect() throws InterruptedException;
}
