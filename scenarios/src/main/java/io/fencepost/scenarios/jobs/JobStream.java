package io.fencepost.scenarios.jobs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Submits jobs that sleep, so many a second, until it is stopped; every tenth sleeps longer than a lease lasts. Thread-safe. */
final class JobStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobStream.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private static final int LONG_EVERY = 10;
    private static final String LONG = "long-";

    private final JobStore store;
    private final Duration work;
    private final Duration longWork;
    private final long pauseMillis;
    private final Thread thread;
    // guarded by this
    private final Map<JobId, Instant> acknowledged = new LinkedHashMap<>();
    private int unacknowledged;
    private volatile boolean stopped;

    private JobStream(JobStore store, int rate, Duration work, Duration longWork) {
        this.store = store;
        this.work = work;
        this.longWork = longWork;
        this.pauseMillis = 1_000L / rate;
        this.thread = new Thread(this::submit, "jobs-stream");
        thread.setDaemon(true);
    }

    /**
     * Begins at once.
     *
     * @param work how long most jobs take
     * @param longWork how long every tenth takes
     */
    static JobStream start(JobStore store, int rate, Duration work, Duration longWork) {
        JobStream stream = new JobStream(store, rate, work, longWork);
        stream.thread.start();
        return stream;
    }

    private void submit() {
        for (int i = 0; !stopped; i++) {
            Instant now = Rig.now();
            boolean isLong = i % LONG_EVERY == LONG_EVERY - 1;
            byte[] sleep = Long.toString((isLong ? longWork : work).toMillis()).getBytes(US_ASCII);
            Job job = Rig.job((isLong ? LONG : "stream-") + i, "sleep", sleep, now, now);
            try {
                store.submit(List.of(job));
                synchronized (this) {
                    acknowledged.put(job.id(), now);
                }
            } catch (StoreException e) {
                LOG.info("the submission of {} was not acknowledged", job.id(), e);
                synchronized (this) {
                    unacknowledged++;
                }
            }
            try {
                Thread.sleep(pauseMillis);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Ends it; then every submission was acknowledged or will never be. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(STOP_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it is one of those that sleep longer. */
    static boolean isLong(JobId id) {
        return id.value().startsWith(LONG);
    }

    /** When the jobs whose submission was acknowledged were due. */
    synchronized Map<JobId, Instant> acknowledged() {
        return new LinkedHashMap<>(acknowledged);
    }

    /** How many submissions were not. */
    synchronized int unacknowledged() {
        return unacknowledged;
    }
}
