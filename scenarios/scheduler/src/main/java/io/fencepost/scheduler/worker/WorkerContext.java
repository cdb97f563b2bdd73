package io.fencepost.scheduler.worker;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.JobStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the slots of a worker share: with what they work, and the tries that are under way. */
final class WorkerContext {
    private static final Logger log = LoggerFactory.getLogger(WorkerContext.class);

    private final String name;
    private final JobStore store;
    private final LockClient locks;
    private final LockOptions lockOptions;
    private final Clock clock;
    private final Performers performers;
    private final WorkerObserver observer;
    private final Intake intake;

    /** Each with its alarm, if it has a deadline. */
    private final ConcurrentHashMap<Execution, Future<?>> running = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<Lease, CompletableFuture<ReleaseOutcome>> releases = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor alarms;
    private volatile boolean stopping;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Semaphore reports = new Semaphore(0);
    private final CountDownLatch givingUp = new CountDownLatch(1);

    WorkerContext(
            String name,
            JobStore store,
            LockClient locks,
            LockOptions lockOptions,
            Clock clock,
            Performers performers,
            WorkerObserver observer,
            Intake intake) {
        this.name = name;
        this.store = store;
        this.locks = locks;
        this.lockOptions = lockOptions;
        this.clock = clock;
        this.performers = performers;
        this.observer = observer;
        this.intake = intake;
        // a try that is begun after the end is aborted anyway, and needs no alarm
        alarms = new ScheduledThreadPoolExecutor(
                1, Worker.threads("deadlines-" + name), new ThreadPoolExecutor.DiscardPolicy());
        alarms.setRemoveOnCancelPolicy(true);
    }

    String name() {
        return name;
    }

    JobStore store() {
        return store;
    }

    Duration ttl() {
        return lockOptions.ttl();
    }

    Instant now() {
        return clock.instant();
    }

    Performers performers() {
        return performers;
    }

    WorkerObserver observer() {
        return observer;
    }

    Intake intake() {
        return intake;
    }

    DistributedLock lockOf(JobId id) {
        return locks.lock("job/" + id, lockOptions);
    }

    // ---- tries under way

    /** From now on it is aborted when the job is cancelled, its deadline comes, or the worker is stopped. */
    void watch(Execution execution) {
        running.put(execution, CompletableFuture.completedFuture(null));
        Endings.deadline(execution.job()).ifPresent(end -> {
            Duration left = Duration.between(now(), end);
            long millis = left.compareTo(Duration.ofDays(365)) < 0 ? Math.max(0, left.toMillis()) : Long.MAX_VALUE / 4;
            running.replace(
                    execution,
                    alarms.schedule(() -> abort(execution, AbortCause.DEADLINE), millis, TimeUnit.MILLISECONDS));
        });
        if (stopping) {
            abort(execution, AbortCause.STOPPED);
        }
    }

    void unwatch(Execution execution) {
        Future<?> alarm = running.remove(execution);
        if (alarm != null) {
            alarm.cancel(false);
        }
    }

    Collection<Execution> running() {
        return List.copyOf(running.keySet());
    }

    int runningCount() {
        return running.size();
    }

    void abort(Execution execution, AbortCause cause) {
        if (execution.abort(cause)) {
            log.info(
                    "worker {} aborts job '{}' with token {}: {}",
                    name,
                    execution.job().id(),
                    execution.token(),
                    cause.text());
            observer.aborted(execution.job(), cause.text());
        }
    }

    /** Aborts all tries, and those that begin from now on. */
    void stopAll() {
        stopping = true;
        running().forEach(execution -> abort(execution, AbortCause.STOPPED));
    }

    // ---- leases

    /** @param now whether to wait until the lock is free */
    void release(Lease lease, boolean now) {
        if (now) {
            ReleaseOutcome outcome = lease.release();
            log.trace("lock '{}': {}", lease.name(), outcome);
        } else {
            CompletableFuture<ReleaseOutcome> release = lease.releaseAsync();
            if (!release.isDone()) {
                releases.put(lease, release);
                release.whenComplete((outcome, fault) -> releases.remove(lease));
            }
        }
    }

    /** Waits for releases under way, as long as {@code limit}. */
    void awaitReleases(Duration limit) throws InterruptedException {
        try {
            CompletableFuture.allOf(releases.values().toArray(CompletableFuture[]::new))
                    .get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("worker {}: {} locks are free only after their ttl", name, releases.size());
        }
    }

    // ---- the end

    /**
     * The worker cannot go on as it should: it takes no more jobs and says so, since one that does nothing and looks well is worse than none. The first failure counts.
     *
     * @param what of it failed
     */
    void fail(String what, Throwable fault) {
        if (!failure.compareAndSet(null, fault)) {
            return;
        }
        // each of these may fail for the same reason
        try {
            intake.close();
        } finally {
            try {
                log.error("worker {} takes no more jobs: {}", name, what, fault);
                tellNow();
            } finally {
                observer.failed(fault);
            }
        }
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Whether the worker is being closed and its time is up. */
    boolean isGivingUp() {
        return givingUp.getCount() == 0;
    }

    /** Waits, but not beyond the end of the worker. */
    void pause(Duration delay) {
        try {
            boolean unused = givingUp.await(delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // nobody has a reason to interrupt a slot outside of its work; a handler's late one changes nothing
            log.debug("worker {}: a slot was interrupted", name, e);
        }
    }

    void giveUp() {
        givingUp.countDown();
        reports.release();
        alarms.shutdownNow();
    }

    /** The next report is due at once. */
    void tellNow() {
        reports.release();
    }

    /** Waits until the next report is due; true if there is to be none. */
    boolean awaitEnd(Duration delay) {
        try {
            boolean unused = reports.tryAcquire(delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            log.debug("worker {}: its reporter was interrupted", name, e);
        }
        return isGivingUp();
    }
}
