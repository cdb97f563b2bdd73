package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.Micros;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is worked out by reading all jobs, in the background: how many there are in each state, and, every {@link #PERIOD} by one of all processes that poll, whether pollers can find those that are due. They
 * cannot if a process was stopped between writing the entry and the change for longer than {@link PollIndex#MARGIN}, and killed before it could write the entry again.
 */
final class Upkeep implements AutoCloseable {
    static final Duration PERIOD = Duration.ofMinutes(10);

    /** How long a job is to be due before it is asked why nobody began it. */
    static final Duration OVERDUE = Duration.ofMinutes(10);

    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final Duration SHORTEST_AGE = Duration.ofSeconds(2);
    private static final int AGE_BY_DURATION = 10;
    private static final Map<String, JobState> STATES =
            Arrays.stream(JobState.values()).collect(Collectors.toUnmodifiableMap(JobState::name, state -> state));
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private record Counted(Map<JobState, Long> counts, long nanos, long took) {
        boolean isOld() {
            long age = Math.max(SHORTEST_AGE.toNanos(), took * AGE_BY_DURATION);
            return System.nanoTime() - nanos > age;
        }
    }

    private final Statements cql;
    private final PollIndex index;
    private final ExecutorService background;
    private final AtomicBoolean counting = new AtomicBoolean();
    private volatile Optional<Counted> counted = Optional.empty();
    private volatile long looked = System.nanoTime();

    Upkeep(Statements cql, PollIndex index) {
        this.cql = cql;
        this.index = index;
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "fencepost-store-upkeep");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        this.background = threads;
    }

    /** The first time as of now, later as of the last time, and counted again for the next. */
    Map<JobState, Long> counts() {
        Optional<Counted> known = counted;
        if (known.isEmpty()) {
            return count().counts();
        }
        if (known.get().isOld() && counting.compareAndSet(false, true)) {
            run(() -> {
                try {
                    count();
                } finally {
                    counting.set(false);
                }
            });
        }
        return known.get().counts();
    }

    private Counted count() {
        long from = System.nanoTime();
        Map<JobState, Long> counts = new EnumMap<>(JobState.class);
        for (JobState state : JobState.values()) {
            counts.put(state, 0L);
        }
        Pages rows = cql.pages(cql.scanStates.bind());
        while (rows.hasNext()) {
            JobState state = STATES.get(String.valueOf(rows.next().getString("state")));
            if (state != null) {
                counts.merge(state, 1L, Long::sum);
            }
        }
        long now = System.nanoTime();
        Counted fresh = new Counted(counts, now, now - from);
        counted = Optional.of(fresh);
        return fresh;
    }

    /** Is told of every poll. */
    void polled() {
        if (System.nanoTime() - looked > LOOK.toNanos()) {
            looked = System.nanoTime();
            run(this::mayKeep);
        }
    }

    private void mayKeep() {
        Instant now = Instant.now();
        List<Row> last = Answers.of(cql.rows(cql.kept.bind()));
        long due = last.isEmpty() ? 0 : last.get(0).getLong(0) + PERIOD.toNanos() / 1000;
        if (due <= Micros.of(now)) {
            Answers.of(cql.plain(cql.keep.bind(Micros.of(now))));
            keep(now, OVERDUE);
        }
    }

    /** Writes the entries again that pollers do not find. */
    int keep(Instant now, Duration overdue) {
        long since = Micros.of(now.minus(overdue));
        int again = 0;
        Pages rows = cql.pages(cql.scan.bind());
        while (rows.hasNext()) {
            Optional<Truth> overdueOne = readable(rows.next())
                    .filter(truth ->
                            truth.entry().filter(hint -> hint.ready() < since).isPresent());
            if (overdueOne.isPresent() && keep(overdueOne.get())) {
                again++;
            }
        }
        if (again > 0) {
            LOG.warn("cassandra: {} jobs were due that no poller found; they are found now", again);
        }
        return again;
    }

    /** @return whether no poller would have found it */
    private boolean keep(Truth truth) {
        Entry hint = truth.entry().orElseThrow();
        Instant written = Instant.now();
        if (hint.isRunning()) {
            // where pollers have put it meanwhile, if one has looked
            Answers.of(index.enter(hint.later(Micros.of(written))));
            return false;
        }
        if (index.finds(hint)) {
            return false;
        }
        Answers.of(index.enter(Entry.of(truth.job(), Entry.ready(truth.job(), written))));
        return true;
    }

    /** Empty for a row that is not one of ours, or not whole: the other jobs are looked after all the same. */
    private static Optional<Truth> readable(Row row) {
        try {
            return Optional.of(Truth.of(row));
        } catch (RuntimeException e) {
            LOG.warn("cassandra: what is kept of job '{}' cannot be read; it is left out", row.getString("job"), e);
            return Optional.empty();
        }
    }

    private void run(Runnable task) {
        background.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.warn("cassandra: upkeep of the store failed and will be tried again", e);
            }
        });
    }

    @Override
    public void close() {
        background.shutdownNow();
    }
}
