package io.fencepost.lock.recipe;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseLostException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DistributedLock} for code that expects a {@link Lock}: held by a thread, reentrant as {@link java.util.concurrent.locks.ReentrantLock}.
 *
 * <p><b>What it cannot hide.</b> A lease may be lost while a thread holds it, and the thread goes on without noticing. So {@link #unlock} throws {@link LeaseLostException} where the lease did not
 * last until then, {@link #ensureValid} asks between, and a reentrant call on a lost lease throws it too. From the loss on others are let in, threads of this process as well: the exclusion is
 * that of the lease and no more. Only a resource that checks {@link #token()} is safe from a holder that is late.
 *
 * <p>Faults of the backend come as {@link io.fencepost.lock.LockException}s, as from the {@link DistributedLock}. Reentrancy is that of this object: a thread that holds the same name through
 * another one waits for itself. The lease of a thread that ends without unlocking is renewed until the client is closed.
 *
 * <p>Thread-safe.
 */
public final class LeaseLock implements Lock {
    private final DistributedLock lock;

    // of an instance, not static: holds are of one lock, and each is removed when it ends
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Hold> holds = new ThreadLocal<>();

    /** What a thread holds. Used by that thread alone. */
    private static final class Hold {
        final Lease lease;
        int count = 1;

        Hold(Lease lease) {
            this.lease = lease;
        }
    }

    private LeaseLock(DistributedLock lock) {
        this.lock = Objects.requireNonNull(lock, "lock");
    }

    /** A view of {@code lock}, with its options. Threads that are to be reentrant must share the view. */
    public static LeaseLock of(DistributedLock lock) {
        return new LeaseLock(lock);
    }

    /**
     * Waits for as long as it takes, also through times when the backend is unavailable. An interrupt does not end the wait, but may cost the thread its place in the queue; it stays noted.
     *
     * @throws LeaseLostException if this thread holds the lock, but its lease is over; the holds stay as they were
     * @throws io.fencepost.lock.LockClosedException if the client is closed before or while waiting
     */
    @Override
    public void lock() {
        if (reentered()) {
            return;
        }
        try {
            hold(lock.acquire());
        } catch (InterruptedException e) {
            try {
                hold(Outcomes.join(lock.acquireAsync()));
            } finally {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * As {@link #lock()}, but ends with the interrupt; nothing is left behind.
     *
     * @throws InterruptedException if interrupted before or while waiting
     */
    @Override
    public void lockInterruptibly() throws InterruptedException {
        failIfInterrupted();
        if (!reentered()) {
            hold(lock.acquire());
        }
    }

    /**
     * One try without waiting for the holder; blocks for one operation of the backend, also if interrupted.
     *
     * @return false if somebody else holds the lock, or threads of this client already queue for it
     * @throws LeaseLostException as {@link #lock()}
     * @throws io.fencepost.lock.LockUnavailableException if the backend could not decide
     * @throws io.fencepost.lock.OutcomeUnknownException if it is not known whether the try took effect
     * @throws io.fencepost.lock.LockClosedException if the client is closed
     */
    @Override
    public boolean tryLock() {
        // a blocking try would be broken off by an interrupt, and say no where yes is the answer
        return reentered() || held(Outcomes.leaseOf(lock.name(), Outcomes.join(lock.acquireAsync(Duration.ZERO))));
    }

    /**
     * Tries until {@code time} is over, and lasts at most that plus one operation of the backend.
     *
     * @param time zero or less is one try
     * @return false if the lock was held by somebody else when the wait ended
     * @throws InterruptedException if interrupted before or while waiting
     * @throws LeaseLostException as {@link #lock()}
     * @throws io.fencepost.lock.LockUnavailableException if the last try could not be decided
     * @throws io.fencepost.lock.OutcomeUnknownException if it is not known whether the last try took effect
     * @throws io.fencepost.lock.LockClosedException if the client is closed before or while waiting
     */
    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        failIfInterrupted();
        return reentered() || held(lock.tryAcquire(Duration.ofNanos(Math.max(0, unit.toNanos(time)))));
    }

    /**
     * Undoes one {@link #lock()} of this thread; the last releases the lease. That blocks for one operation of the backend; if the thread is interrupted, the release goes on in the background, with
     * the interrupt status kept.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock
     * @throws LeaseLostException if this was the last hold, and the lease did not last until now: others may have been let in while the thread relied on it. The lock is not held any more then, as
     *     after every last unlock.
     */
    @Override
    public void unlock() {
        Hold hold = held();
        hold.count--;
        if (hold.count > 0) {
            return;
        }
        holds.remove();
        boolean over = hold.lease.state().isFinal();
        Optional<LeaseLostException> loss = Leases.release(hold.lease);
        if (loss.isPresent()) {
            throw loss.get();
        }
        if (over) {
            throw Leases.lost(hold.lease);
        }
    }

    /** Not supported: nobody in another process could signal. */
    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("a lock between processes has no conditions");
    }

    /** Whether this thread has locked and not yet unlocked, whatever became of the lease. */
    public boolean isHeldByCurrentThread() {
        return holds.get() != null;
    }

    /**
     * The fencing token of this thread's lease, for the resource that the lock protects.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock
     */
    public FencingToken token() {
        return held().lease.token();
    }

    /**
     * Returns if this thread's lease is valid for at least {@code needed} from now.
     *
     * @param needed not negative
     * @throws IllegalMonitorStateException if this thread does not hold the lock
     * @throws LeaseLostException if the lease is not
     */
    public void ensureValid(Duration needed) {
        held().lease.ensureValid(needed);
    }

    private boolean reentered() {
        Hold hold = holds.get();
        if (hold == null) {
            return false;
        }
        hold.lease.ensureValid(Duration.ZERO);
        hold.count++;
        return true;
    }

    private boolean held(Optional<Lease> lease) {
        lease.ifPresent(this::hold);
        return lease.isPresent();
    }

    private void hold(Lease lease) {
        holds.set(new Hold(lease));
    }

    private Hold held() {
        Hold hold = holds.get();
        if (hold == null) {
            throw new IllegalMonitorStateException("lock '" + lock.name() + "' is not held by thread '"
                    + Thread.currentThread().getName() + "'");
        }
        return hold;
    }

    private static void failIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    @Override
    public String toString() {
        return "view of " + lock;
    }
}
