package io.fencepost.lock.cassandra;

import io.fencepost.lock.cassandra.LockTable.Answer;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles in the background what an attempt had to leave open at its deadline: makes its claim impossible, or releases it where it took effect. Bounded in
 * tries and in number; what it gives up ends like the lease of a silent holder. Thread-safe.
 */
final class Cleanup implements AutoCloseable {
    static final int MOST_AT_ONCE = 1_000;
    private static final int MOST_TRIES = 20;
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final Logger log = LoggerFactory.getLogger(Cleanup.class);

    private final LockTable table;
    private final ScheduledExecutorService timer;
    private final Duration roundLimit;
    private final Set<Task> open = ConcurrentHashMap.newKeySet();

    Cleanup(LockTable table, ScheduledExecutorService timer, Duration roundLimit) {
        this.table = table;
        this.timer = timer;
        this.roundLimit = roundLimit;
    }

    /**
     * Ends the claim of {@code attempt} that would raise the fence from {@code last} to {@code next}.
     *
     * @param predecessor whom the claim was to follow: released where it never did
     */
    void settle(String name, @Nullable Long last, long next, UUID attempt, @Nullable UUID predecessor) {
        begin(new Task(name, attempt, predecessor, () -> table.raise(name, last, next, attempt, roundLimit)));
    }

    /** Frees the lock, if {@code attempt} still holds it. */
    void release(String name, UUID attempt) {
        begin(new Task(name, attempt, null, () -> table.release(name, attempt, roundLimit)));
    }

    private void begin(Task task) {
        if (open.size() >= MOST_AT_ONCE) {
            log.debug("cassandra: '{}': too much to clean up; attempt {} ends by its ttl", task.name, task.attempt);
            return;
        }
        open.add(task);
        task.again();
    }

    /** How many attempts are still to be settled. */
    int pending() {
        return open.size();
    }

    /** Drops what is pending. */
    @Override
    public void close() {
        for (Task task : open) {
            task.end();
        }
    }

    private final class Task {
        private final String name;
        private final UUID attempt;
        private @Nullable UUID predecessor;
        private Supplier<CompletionStage<Answer>> step;
        private int tries;
        private volatile @Nullable Future<?> scheduled;

        Task(String name, UUID attempt, @Nullable UUID predecessor, Supplier<CompletionStage<Answer>> step) {
            this.name = name;
            this.attempt = attempt;
            this.predecessor = predecessor;
            this.step = step;
        }

        void again() {
            if (tries >= MOST_TRIES) {
                log.debug("cassandra: '{}': attempt {} could not be settled; it ends by its ttl", name, attempt);
                end();
                return;
            }
            long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(tries, 10));
            tries++;
            try {
                scheduled = timer.schedule(this::run, pause, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                end();
            }
        }

        private void run() {
            step.get().whenComplete((answer, defect) -> {
                if (answer instanceof Answer.Refused refused && attempt.equals(refused.owner())) {
                    thenRelease(attempt);
                } else if (answer instanceof Answer.Applied || answer instanceof Answer.Refused) {
                    UUID left = predecessor;
                    if (left == null) {
                        end();
                    } else {
                        thenRelease(left);
                    }
                } else {
                    again();
                }
            });
        }

        private void thenRelease(UUID owner) {
            predecessor = null;
            step = () -> table.release(name, owner, roundLimit);
            run();
        }

        void end() {
            open.remove(this);
            Future<?> pending = scheduled;
            if (pending != null) {
                pending.cancel(false);
            }
        }
    }
}
