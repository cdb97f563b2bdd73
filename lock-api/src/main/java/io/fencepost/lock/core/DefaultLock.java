package io.fencepost.lock.core;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The two faces of a lock, blocking and async, over one {@link Waiter} each call. */
final class DefaultLock implements DistributedLock {
    private final DefaultLockClient client;
    private final String name;
    private final LockOptions options;

    DefaultLock(DefaultLockClient client, String name, LockOptions options) {
        this.client = client;
        this.name = name;
        this.options = options;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public LockOptions options() {
        return options;
    }

    @Override
    public Lease acquire() throws InterruptedException {
        if (await(Durations.FOREVER_NANOS) instanceof AcquireOutcome.Acquired acquired) {
            return acquired.lease();
        }
        throw new IllegalStateException("a wait without end ended without a lease");
    }

    @Override
    public Optional<Lease> tryAcquire() throws InterruptedException {
        return leaseOf(await(0));
    }

    @Override
    public Optional<Lease> tryAcquire(Duration waitTime) throws InterruptedException {
        return leaseOf(await(checkedNanos(waitTime)));
    }

    private AcquireOutcome await(long waitNanos) throws InterruptedException {
        Waiter waiter = client.submit(name, options, waitNanos);
        try {
            return waiter.result.get();
        } catch (InterruptedException e) {
            client.cancel(name, waiter);
            // the outcome may have come just before the interrupt
            waiter.result.thenAccept(DefaultLock::giveBack);
            throw e;
        } catch (ExecutionException e) {
            // the one failure is a closed client; rethrown with this caller's stack
            throw client.closed(name);
        } catch (CancellationException e) {
            throw new IllegalStateException("only its own thread cancels a blocking wait", e);
        }
    }

    private static void giveBack(AcquireOutcome outcome) {
        if (outcome instanceof AcquireOutcome.Acquired acquired) {
            acquired.lease().releaseAsync();
        }
    }

    private Optional<Lease> leaseOf(AcquireOutcome outcome) {
        if (outcome instanceof AcquireOutcome.Unavailable unavailable) {
            throw new LockUnavailableException(
                    message("could not be tried", unavailable.cause()),
                    unavailable.cause(),
                    name,
                    client.holder(),
                    null);
        }
        if (outcome instanceof AcquireOutcome.Indeterminate indeterminate) {
            throw new OutcomeUnknownException(
                    message("was tried with an unknown outcome", indeterminate.cause()),
                    indeterminate.cause(),
                    name,
                    client.holder(),
                    null);
        }
        return outcome.acquired();
    }

    private String message(String what, Throwable cause) {
        return client.capabilities().provider() + ": lock '" + name + "' " + what + ": " + cause.getMessage();
    }

    @Override
    public CompletableFuture<AcquireOutcome> acquireAsync(Duration waitTime) {
        return async(checkedNanos(waitTime));
    }

    @Override
    public CompletableFuture<Lease> acquireAsync() {
        CompletableFuture<AcquireOutcome> outcome = async(Durations.FOREVER_NANOS);
        CompletableFuture<Lease> lease = new CompletableFuture<>();
        outcome.whenComplete((value, fault) -> {
            if (fault != null) {
                lease.completeExceptionally(BackendCalls.unwrapped(fault));
            } else if (value instanceof AcquireOutcome.Acquired acquired && !lease.complete(acquired.lease())) {
                acquired.lease().releaseAsync();
            }
        });
        lease.whenComplete((value, fault) -> outcome.cancel(false));
        return lease;
    }

    private CompletableFuture<AcquireOutcome> async(long waitNanos) {
        Waiter waiter = client.submit(name, options, waitNanos);
        CompletableFuture<AcquireOutcome> user = new CompletableFuture<>();
        waiter.result.whenCompleteAsync(
                (outcome, fault) -> {
                    if (fault instanceof CancellationException) {
                        return;
                    }
                    if (fault != null) {
                        user.completeExceptionally(client.closed(name));
                    } else if (!user.complete(outcome)) {
                        giveBack(outcome);
                    }
                },
                client.callbacks());
        // cancelled, timed out or completed by the user: in each case nobody waits any more
        user.whenComplete((outcome, fault) -> {
            if (!waiter.result.isDone()) {
                client.cancel(name, waiter);
            }
        });
        return user;
    }

    private long checkedNanos(Duration waitTime) {
        if (waitTime.isNegative()) {
            throw new IllegalArgumentException(
                    "the wait time for lock '" + name + "' is " + waitTime + "; allowed is zero or more");
        }
        return Durations.saturatedNanos(waitTime);
    }

    @Override
    public Optional<LockState> inspect() throws InterruptedException {
        return client.inspect(name);
    }

    @Override
    public String toString() {
        return "lock '" + name + "' of " + client.capabilities().provider();
    }

    /** What a future of {@link LockState}s failed with, as the exception that the API promises. */
    static LockUnavailableException unavailable(String provider, String name, Throwable fault) {
        Throwable cause = fault instanceof CompletionException ? BackendCalls.unwrapped(fault) : fault;
        return new LockUnavailableException(
                provider + ": lock '" + name + "' could not be inspected: " + cause.getMessage(),
                cause,
                name,
                null,
                null);
    }
}
