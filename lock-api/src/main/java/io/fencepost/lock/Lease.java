package io.fencepost.lock;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * One grant of a lock to this client, valid for a while and renewable.
 *
 * <p>The lease belongs to this handle, not to a thread (rule 5.4): all methods are safe to call from any thread. Its validity
 * is counted on {@link TimeSource} from the instant before the request that gave or renewed it was sent, shortened by the
 * provider's drift, so that it ends here before it ends at the backend. A process that is paused cannot notice that its lease
 * ended: pass {@link #token()} with every write to a resource that refuses older tokens.
 */
public interface Lease extends AutoCloseable {
    /** The name of the lock. */
    String name();

    /** The id of the client that holds this lease. */
    String holder();

    /** The fencing token of this lease; renewing keeps it (rule 2.3). */
    FencingToken token();

    /** Where the lease stands now. Never answers {@link LeaseState#HELD} after the end of its validity. */
    LeaseState state();

    /** What the holder may still rely on; {@link Duration#ZERO} once lost or released. */
    Duration remainingValidity();

    /** Whether the lease is neither lost nor released. */
    default boolean isValid() {
        return !state().isFinal();
    }

    /**
     * Returns if the lease is valid for at least {@code needed} from now.
     *
     * @param needed not negative
     * @throws LeaseLostException if it is not, or if the lease was released
     */
    void ensureValid(Duration needed);

    /**
     * Renews for the ttl of the lock, beside or instead of the automatic renewal. Blocks for one operation of the backend.
     *
     * @throws InterruptedException if interrupted while waiting for the answer; the renewal may have taken effect
     */
    RenewOutcome renew() throws InterruptedException;

    /** As {@link #renew()}, without blocking. The future never fails; cancelling it has no effect on the renewal. */
    CompletableFuture<RenewOutcome> renewAsync();

    /**
     * Gives the lock back. The lease ends here at once, whatever the backend answers; automatic renewal stops for good.
     * A lease that was lost is still asked to be released at the backend, which is harmless to a successor (rule 5.3). A second
     * release says {@link ReleaseOutcome.NotHeld} unless the first was indeterminate; then it tries again. Blocks for one operation of the backend; if interrupted, the
     * release goes on in the background and the outcome is indeterminate, with the thread's interrupt status kept.
     */
    ReleaseOutcome release();

    /** As {@link #release()}, without blocking. The future never fails. */
    CompletableFuture<ReleaseOutcome> releaseAsync();

    /**
     * Completes when the lease is lost, with the cause, no later than the end of its validity plus scheduling delay; at once if it
     * was lost before. Never completes for a voluntary release (rule 6.2). Dependents run on threads that no renewal waits for.
     */
    CompletionStage<LossCause> lost();

    /**
     * Calls {@code listener} through {@code executor} at every change of state from now on; if the lease is lost already, once at once
     * (rule 6.2). Calls to one listener come one after the other.
     */
    Subscription onStateChange(LeaseListener listener, Executor executor);

    /** As {@link #onStateChange(LeaseListener, Executor)}, on a thread of the client's own that nothing else waits for. */
    Subscription onStateChange(LeaseListener listener);

    /** {@link #release()} without an answer: never throws. */
    @Override
    void close();
}
