package io.fencepost.scheduler.dispatch;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockState;
import io.fencepost.lock.recipe.LeaderElector;
import io.fencepost.lock.recipe.Leadership;
import io.fencepost.lock.recipe.LeadershipListener;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's part in the leadership: campaigns, and while it leads, polls for due jobs and gives them to the workers that have reported.
 *
 * <p>The term's token goes with every assignment, and the store refuses older ones; but nothing depends on it: who is given a job still takes its lock. A leader keeps in memory what it gave and was not begun;
 * its successor has no such memory and gives again, which replaces the older assignments.
 */
public final class LeaderDispatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaderDispatch.class);

    /** The lock that decides who leads. */
    public static final String LOCK = "scheduler/leader";

    private static final long LEAST_PAUSE = Duration.ofMillis(5).toNanos();
    /** Between looks while jobs wait and no slot is free. */
    private static final long FULL_PAUSE = Duration.ofMillis(25).toNanos();

    private final JobStore store;
    private final LockClient locks;
    private final LockOptions options;
    private final Clock clock;
    private final long mostPause;
    private final Listener listener;
    private final Consumer<Throwable> failed;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable LeaderElector elector;
    private @Nullable Thread thread;

    /** Is told whether this worker leads. Must not block. */
    @FunctionalInterface
    public interface Listener {
        /** @param term empty if it does not lead */
        void leading(boolean leads, Optional<FencingToken> term);
    }

    /**
     * @param options of the leadership's lease and, by their ttl, of the jobs' leases
     * @param poll the longest pause between looks
     * @param failed is told once, on a thread of its own, if this worker cannot lead any more: it has resigned then, or is about to
     */
    public LeaderDispatch(
            JobStore store,
            LockClient locks,
            LockOptions options,
            Duration poll,
            Clock clock,
            Listener listener,
            Consumer<Throwable> failed) {
        this.store = store;
        this.locks = locks;
        this.options = options;
        this.clock = clock;
        this.mostPause = Math.max(LEAST_PAUSE, poll.toNanos());
        this.listener = listener;
        this.failed = failed;
    }

    /** Begins to campaign. To be called once. Where it throws, nothing has begun. */
    public synchronized void start() {
        listener.leading(false, Optional.empty());
        LeaderElector started = LeaderElector.start(locks, LOCK, options, new LeadershipListener() {
            @Override
            public void elected(Leadership leadership) {
                log.info("leads with term {}", leadership.term());
                listener.leading(true, Optional.of(leadership.term()));
            }

            @Override
            public void ended(Leadership leadership) {
                log.info("does not lead any more; its term was {}", leadership.term());
                listener.leading(false, Optional.empty());
            }
        });
        Thread leading = new Thread(() -> lead(started), "fencepost-worker-dispatch");
        leading.setDaemon(true);
        try {
            leading.start();
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
        elector = started;
        thread = leading;
    }

    private void lead(LeaderElector own) {
        try {
            Assignments assignments = new Assignments();
            FencingToken term = null;
            long pause = LEAST_PAUSE;
            while (!closing.await(jittered(pause), TimeUnit.NANOSECONDS)) {
                Leadership leadership = own.leadership().orElse(null);
                if (leadership == null) {
                    pause = Math.min(mostPause, FULL_PAUSE);
                    continue;
                }
                if (!leadership.term().equals(term)) {
                    term = leadership.term();
                    assignments = new Assignments();
                    pause = LEAST_PAUSE;
                }
                pause = Math.min(mostPause, pauseAfter(look(assignments, leadership), pause));
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            try {
                failed.accept(e);
            } finally {
                // who leads and gives nothing out keeps others from doing it
                own.close();
            }
        }
    }

    private static long pauseAfter(Look look, long pause) {
        return switch (look) {
            case GAVE -> LEAST_PAUSE;
            case FULL -> FULL_PAUSE;
            case NOTHING -> 2 * pause;
        };
    }

    private static long jittered(long nanos) {
        return nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1);
    }

    private enum Look {
        GAVE,
        /** Jobs wait, and no worker has a place for them. */
        FULL,
        NOTHING
    }

    private Look look(Assignments assignments, Leadership leadership) {
        try {
            Instant now = clock.instant();
            assignments.workers(store.workers(now));
            assignments.due(
                    store.due(now, now.minus(options.ttl()), assignments.needed()),
                    this::heldFor,
                    options.ttl(),
                    System.nanoTime());
            Map<JobId, String> given = assignments.give(store.weights(), System.nanoTime());
            if (given.isEmpty()) {
                return assignments.anyWaiting() ? Look.FULL : Look.NOTHING;
            }
            if (leadership.isValid() && store.assign(leadership.term(), given, now)) {
                return Look.GAVE;
            }
            // a newer leader is at work, or will be: this one finds out when its lease ends
            assignments.takeBack(given.keySet());
            return Look.NOTHING;
        } catch (StoreException e) {
            log.warn("the store did not answer the leader", e);
            assignments.forget();
            return Look.NOTHING;
        } catch (RuntimeException e) {
            log.error("the leader failed to dispatch, and tries again", e);
            assignments.forget();
            return Look.NOTHING;
        }
    }

    /** For how long the lock of a running job is held; empty if nobody holds it: then its worker is gone. A job that is not running needs no look. */
    private CompletableFuture<Optional<Duration>> heldFor(DueJob job) {
        if (job.state() != JobState.RUNNING) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return locks.inspectAsync("job/" + job.id())
                .thenApply(state -> state.map(this::remaining))
                .exceptionally(fault -> Optional.of(options.ttl().dividedBy(3)));
    }

    private Duration remaining(LockState held) {
        return held.remaining().orElse(options.ttl().dividedBy(3));
    }

    /** Gives up the leadership, so that another worker leads at once. Idempotent; waits a few seconds at most. */
    @Override
    public synchronized void close() {
        closing.countDown();
        if (elector != null) {
            elector.close();
        }
        Thread running = thread;
        if (running != null) {
            try {
                running.join(TimeUnit.SECONDS.toMillis(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
