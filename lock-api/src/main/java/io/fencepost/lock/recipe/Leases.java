package io.fencepost.lock.recipe;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseLostException;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.ReleaseOutcome;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Runs an action under a lease that is released whatever the action does.
 *
 * <p>The action runs in the calling thread, and is not interrupted when the lease is lost: it has the {@link Lease} to ask, and its token to pass on. An action that returns although the lease was
 * lost ends in {@link LeaseLostException}, or where its result must not get lost, by {@link #tryWithLease}, in {@link LeaseResult.Outlived}. So does one whose lock had been taken from it without
 * the client knowing, where the release tells. An action that fails, fails with what it threw; the loss of the lease is among its {@linkplain Throwable#getSuppressed() suppressed} exceptions
 * then. An action may release its lease early; closing the client counts as that, though where it coincides with the end of the action it may pass for a loss.
 */
public final class Leases {
    private Leases() {}

    /**
     * Waits for the lock for as long as it takes, and runs {@code action} under its lease.
     *
     * @return what the action returned
     * @throws E what the action failed with
     * @throws InterruptedException if interrupted while waiting for the lock; the action was not begun
     * @throws LeaseLostException if the action returned, but the lease did not last until then
     * @throws io.fencepost.lock.LockException as {@link DistributedLock#acquire()}; the action was not begun
     */
    public static <T, E extends Exception> T withLease(DistributedLock lock, LeaseFunction<T, E> action)
            throws E, InterruptedException {
        return run(lock.acquire(), action)
                .orThrow()
                .orElseThrow(() -> new IllegalStateException("an action under a lease was not run"));
    }

    /**
     * Waits for the lock for {@code waitTime} at most, and runs {@code action} if there is a lease.
     *
     * @param waitTime not negative
     * @return what the action returned; empty if somebody else held the lock when the wait ended
     * @throws E what the action failed with
     * @throws InterruptedException if interrupted while waiting for the lock; the action was not begun
     * @throws LeaseLostException if the action returned, but the lease did not last until then
     * @throws io.fencepost.lock.LockException as {@link DistributedLock#tryAcquire(Duration)}; the action was not begun
     */
    public static <T, E extends Exception> Optional<T> withLease(
            DistributedLock lock, Duration waitTime, LeaseFunction<T, E> action) throws E, InterruptedException {
        return tryWithLease(lock, waitTime, action).orThrow();
    }

    /**
     * As {@link #withLease(DistributedLock, Duration, LeaseFunction)}, with the loss of the lease as a value beside the result.
     *
     * @param waitTime not negative
     * @throws E what the action failed with
     * @throws InterruptedException if interrupted while waiting for the lock; the action was not begun
     * @throws io.fencepost.lock.LockException as {@link DistributedLock#tryAcquire(Duration)}; the action was not begun
     */
    public static <T, E extends Exception> LeaseResult<T> tryWithLease(
            DistributedLock lock, Duration waitTime, LeaseFunction<T, E> action) throws E, InterruptedException {
        Optional<Lease> lease = lock.tryAcquire(waitTime);
        return lease.isPresent() ? run(lease.get(), action) : new LeaseResult.NotRun<>();
    }

    /** As {@link #withLease(DistributedLock, LeaseFunction)}, for an action without a result. */
    public static <E extends Exception> void runWithLease(DistributedLock lock, LeaseAction<E> action)
            throws E, InterruptedException {
        withLease(lock, returningTrue(action));
    }

    /**
     * As {@link #withLease(DistributedLock, Duration, LeaseFunction)}, for an action without a result.
     *
     * @return whether the action was run
     */
    public static <E extends Exception> boolean runWithLease(
            DistributedLock lock, Duration waitTime, LeaseAction<E> action) throws E, InterruptedException {
        return withLease(lock, waitTime, returningTrue(action)).isPresent();
    }

    private static <E extends Exception> LeaseFunction<Boolean, E> returningTrue(LeaseAction<E> action) {
        Objects.requireNonNull(action, "action");
        return lease -> {
            action.run(lease);
            return true;
        };
    }

    private static <T, E extends Exception> LeaseResult<T> run(Lease lease, LeaseFunction<T, E> action) throws E {
        T value;
        try {
            value = Objects.requireNonNull(action.apply(lease), "an action with a result returned none");
        } catch (Throwable failure) {
            release(lease).ifPresent(failure::addSuppressed);
            throw failure;
        }
        Optional<LeaseLostException> loss = release(lease);
        return loss.isPresent()
                ? new LeaseResult.Outlived<>(value, loss.get())
                : new LeaseResult.Completed<>(value, lease.token());
    }

    /**
     * Releases the lease if it is not released.
     *
     * <p>Somebody else may release it between the look at its state and the release, as a close of the client does. Its answer is then taken for a loss, as nobody can tell it from that of a lock that was
     * taken away. It errs in this direction only: a loss before the release is never missed for it.
     *
     * @return empty if it lasted until now, as far as the client or the answer to the release can tell, or was released before
     */
    static Optional<LeaseLostException> release(Lease lease) {
        boolean before = lease.state() == LeaseState.RELEASED;
        // asks the backend also for a lost lease: it may hold on to what the client has given up
        ReleaseOutcome outcome = lease.release();
        boolean taken = !before && outcome instanceof ReleaseOutcome.NotHeld;
        return taken || lease.state() == LeaseState.LOST ? Optional.of(lost(lease)) : Optional.empty();
    }

    static LeaseLostException lost(Lease lease) {
        return new LeaseLostException(
                "lease of lock '" + lease.name() + "' with token " + lease.token() + " did not last until its release",
                null,
                lease.name(),
                lease.holder(),
                lease.token());
    }
}
