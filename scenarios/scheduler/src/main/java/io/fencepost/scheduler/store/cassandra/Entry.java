package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.Micros;
import java.time.Duration;
import java.util.Objects;

/**
 * A hint in the index that a job may be due, or silent.
 *
 * @param lane by tenant and priority
 * @param ready not before this instant it is looked at
 * @param number of the change of the job that it belongs to
 * @param began when the try began, of one that runs; 0 for one that is scheduled
 */
record Entry(Lane lane, long ready, String job, long number, long next, long began) {
    /** How long a running job is left alone before pollers look at it, and again after that. */
    static final long WATCH_MICROS = Duration.ofSeconds(10).toNanos() / 1000;

    private static final long HOUR_MICROS = Duration.ofHours(1).toNanos() / 1000;

    /** What is polled together. */
    record Lane(String tenant, int priority) {
        String key() {
            return tenant + "/" + priority;
        }
    }

    /** Which partition holds what is ready then. */
    static long hour(long ready) {
        return Math.floorDiv(ready, HOUR_MICROS);
    }

    /** When an hour begins. */
    static long begin(long hour) {
        return hour * HOUR_MICROS;
    }

    /** Where pollers are to find a job as it is since a change, if it is to be found. Never before the change, wherever the job is due. */
    static long ready(Job job) {
        long changed = Micros.of(job.changed());
        return switch (job.state()) {
            case SCHEDULED -> Math.max(Micros.of(job.next()), changed);
            case RUNNING -> changed + WATCH_MICROS;
            default -> 0;
        };
    }

    static Entry of(Job job, long ready) {
        return new Entry(
                new Lane(job.spec().tenant(), job.spec().priority()),
                ready,
                job.id().value(),
                job.events(),
                Micros.of(job.next()),
                job.state() == JobState.RUNNING ? Micros.of(job.began().orElse(job.changed())) : 0);
    }

    static Entry of(Row row) {
        return new Entry(
                new Lane(Objects.requireNonNull(row.getString("tenant")), row.getInt("priority")),
                row.getLong("ready"),
                Objects.requireNonNull(row.getString("job")),
                row.getLong("number"),
                row.getLong("next"),
                row.getLong("began"));
    }

    boolean isRunning() {
        return began != 0;
    }

    /** The same, to be looked at after {@code now}. The same for all who work it out, so that it stays one entry. */
    Entry later(long now) {
        long steps = Math.max(0, now - ready) / WATCH_MICROS + 1;
        return new Entry(lane, ready + steps * WATCH_MICROS, job, number, next, began);
    }

    long hour() {
        return hour(ready);
    }
}
