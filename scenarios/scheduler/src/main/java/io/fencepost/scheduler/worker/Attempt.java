package io.fencepost.scheduler.worker;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockException;
import io.fencepost.lock.Subscription;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.Ending;
import io.fencepost.scheduler.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try of a job, from the lock to the release, on one slot. What may happen between any two of its steps, and who puts it right:
 *
 * <ul>
 *   <li>Killed before the begin is written: the lock expires, and the job is due as before. Killed after it: the job is running and silent; after the ttl the lock is free, somebody takes over, and the
 *       try counts. Killed after the end is written: the lock expires, nothing else is open.
 *   <li>Paused beyond the lease anywhere: the store refuses what is written afterwards if somebody has taken over, as its token is older; if nobody has, it is accepted, and is the only completion.
 *   <li>The store's reply is lost: asked again with the same arguments, which it answers as it would have the first time, until a while after the lease is lost. Then nobody knows here; the job is either
 *       ended or silent.
 *   <li>The reply of the lock service is lost: there is no lease, and no try; the job is left alone for a while. A release without a reply leaves a lock that expires.
 * </ul>
 */
final class Attempt {
    private static final Logger log = LoggerFactory.getLogger(Attempt.class);

    private static final Duration CONTENDED_FIRST = Duration.ofMillis(50);
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration FIRST_RETRY = Duration.ofMillis(20);
    private static final Duration MOST_RETRY = Duration.ofSeconds(1);

    private final WorkerContext worker;
    private final DueJob due;
    /** Whether the job may be tried again in a moment, so that its lock should be free then. */
    private boolean dueAgain;
    /** The try that observers were told of, until they are told how it ended. */
    private @Nullable Job open;

    Attempt(WorkerContext worker, DueJob due) {
        this.worker = worker;
        this.due = due;
    }

    /**
     * Whatever the store, the lock service or the work does, this is over when it returns.
     *
     * @throws Error of this worker's own: those of the work are the job's
     */
    void run() {
        Lease lease;
        try {
            lease = lock();
        } catch (InterruptedException e) {
            log.debug("worker {}: interrupted before job '{}' was begun", worker.name(), due.id());
            worker.intake().notBegun(due);
            return;
        } catch (RuntimeException e) {
            log.error("worker {}: the lock of job '{}' failed", worker.name(), due.id(), e);
            leaveAlone();
            return;
        } catch (Error e) {
            leaveAlone();
            throw e;
        }
        if (lease == null) {
            return;
        }
        // what the intake is told, when the lock is free again
        Runnable then = this::leaveAlone;
        try {
            then = run(lease);
        } catch (Unrecorded e) {
            log.warn("worker {}: job '{}': the store did not answer in time", worker.name(), due.id(), e);
            tellUnrecorded(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("worker {}: the try of job '{}' failed", worker.name(), due.id(), e);
            tellUnrecorded(Details.of(e));
        } catch (Error e) {
            tellUnrecorded(Details.of(e));
            throw e;
        } finally {
            try {
                worker.release(lease, dueAgain);
            } finally {
                then.run();
            }
        }
    }

    private void tellUnrecorded(String cause) {
        Job begun = open;
        if (begun != null) {
            open = null;
            worker.observer().unrecorded(begun, cause);
        }
    }

    /** Nobody knows here how the job stands. */
    private void leaveAlone() {
        worker.intake().defer(due, worker.ttl(), worker.ttl());
    }

    // ---- the lock

    /** Null if there is none to be had now; then the intake knows. */
    private @Nullable Lease lock() throws InterruptedException {
        long asked = System.nanoTime();
        DistributedLock lock;
        Optional<Lease> lease;
        try {
            lock = worker.lockOf(due.id());
            lease = lock.tryAcquire();
        } catch (LockClosedException e) {
            leaveAlone();
            worker.fail("its lock client was closed", e);
            return null;
        } catch (LockException e) {
            log.warn("worker {}: no lock for job '{}': {}", worker.name(), due.id(), e.getMessage());
            log.debug("because of this", e);
            worker.intake().defer(due, CONTENDED_FIRST, worker.ttl());
            worker.intake().trouble(Intake.Side.LOCKS);
            return null;
        }
        worker.intake().answered(Intake.Side.LOCKS);
        if (lease.isPresent()) {
            worker.observer().acquired(due, lease.get().token(), Duration.ofNanos(System.nanoTime() - asked));
            return lease.get();
        }
        worker.observer().contended(due);
        if (due.state() == JobState.RUNNING) {
            // its worker lives, or died less than a ttl ago
            Duration remaining = remaining(lock);
            worker.intake().defer(due, remaining, remaining);
        } else {
            worker.intake().defer(due, CONTENDED_FIRST, worker.ttl());
        }
        return null;
    }

    /** How long the other lease lasts if it is not renewed; a third of a ttl where nobody knows. */
    private Duration remaining(DistributedLock lock) throws InterruptedException {
        try {
            Duration remaining = lock.inspect()
                    .map(state -> state.remaining().orElse(unknown()))
                    .orElse(Duration.ZERO);
            return remaining.compareTo(worker.ttl()) < 0 ? remaining : worker.ttl();
        } catch (LockException e) {
            log.debug("worker {}: the lock of job '{}' could not be inspected", worker.name(), due.id(), e);
            return unknown();
        }
    }

    private Duration unknown() {
        return worker.ttl().dividedBy(3);
    }

    // ---- the try

    /** Begins the try, and all that follows; answers what the intake is to be told. */
    private Runnable run(Lease lease) throws Unrecorded {
        Instant now = worker.now();
        Change change;
        try {
            change = persist(() -> worker.store().begin(due.id(), lease.token(), worker.name(), now), lease);
        } catch (Unrecorded e) {
            giveBackIfBegun(lease);
            throw e;
        }
        if (change instanceof Change.Accepted accepted) {
            run(accepted.job(), lease, now);
            return () -> worker.intake().ended(due);
        }
        if (change instanceof Change.Stale stale) {
            log.warn(
                    "worker {}: job '{}': token {} of the lock service is older than {}, which the store has seen; where this lasts, the locks were lost or are not those of this store",
                    worker.name(),
                    due.id(),
                    lease.token(),
                    stale.accepted());
            worker.store().find(due.id()).ifPresent(job -> worker.observer().refused(job, lease.token(), stale));
            return () -> worker.intake().defer(due, CONTENDED_FIRST, worker.ttl());
        }
        // somebody was faster, and has ended it
        return () -> worker.intake().defer(due, CONTENDED_FIRST, worker.ttl());
    }

    /** It may have been begun without an answer; then others need not wait until they notice the silence. */
    private void giveBackIfBegun(Lease lease) {
        try {
            Change change = worker.store()
                    .end(
                            due.id(),
                            lease.token(),
                            worker.name(),
                            new Ending.GivenBack("the store did not answer the begin in time"),
                            worker.now());
            log.debug("job '{}': {}", due.id(), change);
        } catch (StoreException e) {
            log.debug("job '{}': it stays unknown whether a try was begun", due.id(), e);
        }
    }

    private void run(Job job, Lease lease, Instant begunAt) throws Unrecorded {
        Duration lag = Duration.between(due.next(), begunAt);
        open = job;
        worker.observer().began(job, lag.isNegative() ? Duration.ZERO : lag);
        Optional<Ending> instead = Endings.insteadOfWork(job, begunAt);
        if (instead.isPresent()) {
            end(job, lease, instead.get(), Duration.ZERO);
            return;
        }
        Execution execution = new Execution(job, lease);
        long began = System.nanoTime();
        Outcome outcome = watched(execution, lease);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        Optional<Ending> ending = Endings.of(job, outcome, worker.now(), ThreadLocalRandom.current());
        if (ending.isPresent()) {
            end(job, lease, ending.get(), took);
        } else {
            open = null;
            worker.observer().ended(job, JobEvent.Kind.CANCELLED, took);
        }
    }

    private Outcome watched(Execution execution, Lease lease) {
        Subscription states = lease.onStateChange((l, state) -> leaseChanged(execution, state));
        try {
            worker.watch(execution);
            // what it became before the listener was there
            leaseChanged(execution, lease.state());
            return execution.run(context ->
                    worker.performers().of(context.job().spec().work()).perform(context));
        } finally {
            worker.unwatch(execution);
            states.close();
        }
    }

    private void leaseChanged(Execution execution, LeaseState state) {
        if (state == LeaseState.SUSPECT) {
            worker.abort(execution, AbortCause.LEASE_SUSPECT);
        } else if (state.isFinal()) {
            worker.abort(execution, AbortCause.LEASE_LOST);
        }
    }

    private void end(Job job, Lease lease, Ending ending, Duration took) throws Unrecorded {
        Instant now = worker.now();
        // also with a lease that is lost: the store's guard knows whether somebody has taken over
        Change change = persist(() -> worker.store().end(job.id(), lease.token(), worker.name(), ending, now), lease);
        open = null;
        if (change instanceof Change.Accepted accepted) {
            dueAgain = accepted.job().state() == JobState.SCHEDULED
                    && accepted.job().next().isBefore(now.plus(SOON));
            worker.observer().ended(accepted.job(), ending.kind(), took);
        } else if (change instanceof Change.NotPossible other && other.job().state() == JobState.CANCELLED) {
            worker.observer().ended(other.job(), JobEvent.Kind.CANCELLED, took);
        } else {
            log.info(
                    "worker {}: job '{}': the store refused {} with token {}: {}",
                    worker.name(),
                    job.id(),
                    ending.kind(),
                    lease.token(),
                    change instanceof Change.Stale stale
                            ? "it has seen " + stale.accepted()
                            : change.getClass().getSimpleName());
            worker.observer().refused(job, lease.token(), change);
        }
    }

    /** Asks the store until it answers; as long as the lease is valid, and once more. */
    private Change persist(Supplier<Change> call, Lease lease) throws Unrecorded {
        Duration delay = FIRST_RETRY;
        while (true) {
            boolean last = !lease.isValid() || worker.isGivingUp();
            try {
                return call.get();
            } catch (StoreException e) {
                if (last) {
                    throw new Unrecorded(e);
                }
                log.debug("worker {}: job '{}': the store is asked again", worker.name(), due.id(), e);
                worker.intake().trouble(Intake.Side.STORE);
                worker.pause(delay);
                delay = delay.multipliedBy(2);
                if (delay.compareTo(MOST_RETRY) > 0) {
                    delay = MOST_RETRY;
                }
            }
        }
    }
}
