package io.fencepost.lock.spi;

import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One connected client of one backend: all that a provider implements.
 *
 * <p><b>What the core does for it.</b> Names, ttls and metadata have been checked. At most one attempt or handoff per name is under way at a time, and at most one
 * operation per grant. The core counts validity, from before it calls {@link #attempt}, {@link #handOff} or {@link #renew}; it queues, waits, renews, and discards answers that
 * come too late.
 *
 * <p><b>What it must keep.</b> Methods are called from many threads, do not block, and answer by a stage that completes within the operation timeout of the
 * provider, whatever happens to the backend. Outcomes are values: a stage fails, or a method throws, only for a defect, and the core then takes the outcome as
 * indeterminate. A stage may complete on an I/O thread; the core does little there. The rules are those of the conformance kit's SPEC.
 */
public interface LockBackend extends AutoCloseable {
    /** What this backend, as it is configured, promises. Constant. */
    Capabilities capabilities();

    /**
     * One try to acquire, without waiting for the holder.
     *
     * <p>Where the answer is {@link AttemptOutcome.Indeterminate}, the backend has begun, on its own, whatever clean-up is possible: the core will not come back to
     * this attempt id. {@link AttemptOutcome.Unavailable} and {@link AttemptOutcome.Contended} are certain: the attempt does not hold the lock and never will.
     */
    CompletionStage<AttemptOutcome> attempt(AttemptRequest request);

    /**
     * Extends a grant to {@code ttl} from now, only if it still holds the lock: never revives, never re-creates, never disturbs a successor.
     *
     * @return {@link RenewOutcome.Renewed}, {@link RenewOutcome.Lost} (certain) or {@link RenewOutcome.Indeterminate}
     */
    CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl);

    /** Frees the lock, only if the grant still holds it. May be repeated. */
    CompletionStage<ReleaseOutcome> release(Grant grant);

    /**
     * Cohort handoff: {@link #release} of {@code grant} and {@link #attempt} of {@code request}, of the same lock and client, in this order and in one round where the backend
     * can. The successor is a lease like any other, with its own attempt id and a greater token. Called only where {@link Capabilities#cohortHandoff()} says so; the core bounds
     * how often in a row, so that other clients get their turn.
     *
     * <p>A grant that does not hold the lock is no reason to refuse the attempt, and a refused attempt none to keep the grant. Where an outcome is unknown, the backend has begun whatever
     * clean-up is possible, of either.
     */
    default CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        return release(grant)
                .thenCompose(
                        released -> attempt(request).thenApply(attempted -> new HandoffOutcome(released, attempted)));
    }

    /** Who holds the lock; empty if nobody does. Fails with {@link io.fencepost.lock.LockUnavailableException}. */
    CompletionStage<Optional<LockState>> inspect(String name);

    /** Frees the lock whoever holds it, so that the next token is greater than the one thrown out. */
    CompletionStage<ReleaseOutcome> forceRelease(String name);

    /**
     * Calls {@code wakeUp} when the lock may have become free. For efficiency only: it may never be called, or without cause. A backend that cannot
     * know whether a release slipped by before the subscription took effect calls it once when it has. Called on any thread; {@code wakeUp} is quick.
     *
     * @return cancels; one subscription per name and client is in use at a time
     */
    Subscription onReleased(String name, Runnable wakeUp);

    /** Ends connections and threads. Idempotent. Blocks for a few seconds at most. Grants that were not released end by their ttl, or at once. */
    @Override
    void close();
}
