package io.fencepost.lock.recipe;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockException;
import io.fencepost.lock.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Several locks of one client as one: all or none.
 *
 * <p>They are acquired in the order of their names ({@link String#compareTo}), duplicates once, so that two multi-locks that share names never wait for each other in a circle, in whatever order
 * the names were given. While it waits for one lock it holds those before it. Whatever ends a call without a lease, those are given back before the call returns.
 *
 * <p>Thread-safe. Not reentrant, as {@link DistributedLock}: a thread that holds one of the locks by other means, and waits for it here, waits for itself.
 */
public final class MultiLock {
    /** What the core takes for a wait without end. */
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final List<DistributedLock> locks;

    private MultiLock(List<DistributedLock> locks) {
        this.locks = locks;
    }

    /**
     * The locks of those names. Asks nothing of the backend.
     *
     * @param names at least one, in any order
     * @param options of each lease
     * @throws IllegalArgumentException if there is no name, or as {@link LockClient#lock}
     */
    public static MultiLock of(LockClient client, Collection<String> names, LockOptions options) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a multi-lock needs at least one name");
        }
        return new MultiLock(new TreeSet<>(names)
                .stream().map(name -> client.lock(name, options)).toList());
    }

    /** The names, each once, in the order in which the locks are acquired. */
    public List<String> names() {
        return locks.stream().map(DistributedLock::name).toList();
    }

    /**
     * Waits for as long as it takes, also through times when the backend is unavailable.
     *
     * @throws InterruptedException if interrupted; what was acquired is given back
     * @throws io.fencepost.lock.LockClosedException if the client is closed before or while waiting
     */
    public MultiLease acquire() throws InterruptedException {
        return await(new Deadline(FOREVER))
                .orElseThrow(() -> new IllegalStateException("a wait without end ended without a lease"));
    }

    /** As {@link #tryAcquire(Duration)} without waiting for any holder. */
    public Optional<MultiLease> tryAcquire() throws InterruptedException {
        return await(new Deadline(Duration.ZERO));
    }

    /**
     * Tries until {@code waitTime}, which is that of all locks together, is over. Lasts at most that long plus one operation of the backend for each lock, and one for giving back.
     *
     * @param waitTime not negative
     * @return empty if one of the locks was held by somebody else when the wait ended, or if leases that are not renewed ran out while others were waited for
     * @throws InterruptedException if interrupted; what was acquired is given back
     * @throws io.fencepost.lock.LockUnavailableException if the last try of one of the locks could not be decided; {@code name()} says of which
     * @throws io.fencepost.lock.OutcomeUnknownException if it is not known whether the last try of one of the locks took effect, as {@link AcquireOutcome.Indeterminate}; {@code name()} says of
     *     which
     * @throws io.fencepost.lock.LockClosedException if the client is closed before or while waiting
     */
    public Optional<MultiLease> tryAcquire(Duration waitTime) throws InterruptedException {
        return await(new Deadline(waitTime));
    }

    /**
     * As {@link #tryAcquire(Duration)}, without blocking.
     *
     * @return fails with what that throws; cancelling it ends the wait, and what was acquired is given back
     */
    public CompletableFuture<Optional<MultiLease>> acquireAsync(Duration waitTime) {
        Call call = new Call(new Deadline(waitTime));
        call.start();
        return call.result;
    }

    private Optional<MultiLease> await(Deadline deadline) throws InterruptedException {
        do {
            List<Lease> got = new ArrayList<>();
            boolean kept = false;
            try {
                for (DistributedLock lock : locks) {
                    Optional<Lease> lease = lock.tryAcquire(deadline.left());
                    if (lease.isEmpty()) {
                        return Optional.empty();
                    }
                    got.add(lease.get());
                }
                MultiLease all = new MultiLease(got);
                kept = all.isValid();
                if (kept) {
                    return Optional.of(all.start());
                }
            } finally {
                if (!kept) {
                    new MultiLease(got).release();
                }
            }
            // one was lost while others were waited for
        } while (!deadline.left().isZero());
        return Optional.empty();
    }

    /** One wait time for all steps of a call. */
    private static final class Deadline {
        private final Duration waitTime;
        private final long startedAt = System.nanoTime();

        Deadline(Duration waitTime) {
            if (waitTime.isNegative()) {
                throw new IllegalArgumentException("the wait time is " + waitTime + "; allowed is zero or more");
            }
            this.waitTime = waitTime;
        }

        Duration left() {
            if (waitTime.compareTo(FOREVER) >= 0) {
                return FOREVER;
            }
            Duration left = waitTime.minusNanos(System.nanoTime() - startedAt);
            return left.isNegative() ? Duration.ZERO : left;
        }
    }

    /** A call without a thread: each step begins the next when it is answered, so that there is one at a time. */
    private final class Call {
        final CompletableFuture<Optional<MultiLease>> result = new CompletableFuture<>();
        private final Deadline deadline;
        private List<Lease> got = new ArrayList<>();
        private volatile @Nullable CompletableFuture<AcquireOutcome> trying;

        Call(Deadline deadline) {
            this.deadline = deadline;
        }

        void start() {
            // cancelled, timed out or completed by the user: in each case nobody waits any more
            result.whenComplete((lease, fault) -> {
                CompletableFuture<AcquireOutcome> step = trying;
                if (step != null) {
                    step.cancel(false);
                }
            });
            next();
        }

        private void next() {
            if (result.isDone()) {
                giveBack();
            } else if (got.size() == locks.size()) {
                MultiLease all = new MultiLease(got);
                if (!all.isValid()) {
                    startOver();
                } else if (!result.complete(Optional.of(all.start()))) {
                    giveBack();
                }
            } else {
                step(locks.get(got.size()));
            }
        }

        private void step(DistributedLock lock) {
            CompletableFuture<AcquireOutcome> step;
            try {
                step = lock.acquireAsync(deadline.left());
            } catch (LockClosedException e) {
                step = CompletableFuture.failedFuture(e);
            }
            trying = step;
            if (result.isDone()) {
                // it may have been cancelled before there was this step
                step.cancel(false);
            }
            step.whenComplete((outcome, fault) -> answered(lock, outcome, fault));
        }

        private void answered(DistributedLock lock, AcquireOutcome outcome, @Nullable Throwable fault) {
            try {
                if (fault != null) {
                    endWith(() -> result.completeExceptionally(Outcomes.unwrapped(fault)));
                    return;
                }
                Optional<Lease> lease = Outcomes.leaseOf(lock.name(), outcome);
                if (lease.isEmpty()) {
                    endWith(() -> result.complete(Optional.empty()));
                    return;
                }
                got.add(lease.get());
            } catch (LockException e) {
                endWith(() -> result.completeExceptionally(e));
                return;
            }
            next();
        }

        private void endWith(Runnable completion) {
            giveBack().whenComplete((released, never) -> completion.run());
        }

        /** One was lost while others were waited for. */
        private void startOver() {
            endWith(() -> {
                if (deadline.left().isZero()) {
                    result.complete(Optional.empty());
                } else {
                    next();
                }
            });
        }

        private CompletableFuture<?> giveBack() {
            List<Lease> back = got;
            got = new ArrayList<>();
            return new MultiLease(back).releaseAsync();
        }
    }

    @Override
    public String toString() {
        return "locks " + names();
    }
}
