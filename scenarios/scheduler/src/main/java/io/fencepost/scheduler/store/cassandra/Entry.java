package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.Micros;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

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

    /** How old a hint of a change that never was may become. Many times longer than a change can be under way; a later one is found by the upkeep. */
    private static final Duration ORPHAN = Duration.ofMinutes(2);

    private static final long HOUR_MICROS = Duration.ofHours(1).toNanos() / 1000;

    /** What is polled together. */
    record Lane(String tenant, int priority) {
        String key() {
            return tenant + "/" + priority;
        }
    }

    /** What a hint that was followed turned out to be. */
    enum Fate {
        /** The job is as it says. */
        TRUE,
        /** Nothing will come of it. */
        OBSOLETE,
        /** Its change is being made, or never was. */
        AHEAD
    }

    /** Which partition holds what is ready then. */
    static long hour(long ready) {
        return Math.floorDiv(ready, HOUR_MICROS);
    }

    /** When an hour begins. */
    static long begin(long hour) {
        return hour * HOUR_MICROS;
    }

    /**
     * Where pollers are to find a job as it is since a change, if it is to be found.
     *
     * @param written when the entry is, which may be long after the change was asked for; it is never before that, wherever the job is due, since pollers do not look where they were long ago
     */
    static long ready(Job job, Instant written) {
        long from = Math.max(Micros.of(job.changed()), Micros.of(written));
        return switch (job.state()) {
            case SCHEDULED -> Math.max(Micros.of(job.next()), from);
            case RUNNING -> from + WATCH_MICROS;
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

    /**
     * @param events the count that the job has
     * @param state of the job, if that is known too
     * @param wall tells only how long a hint is kept whose change is not there
     */
    Fate fate(long events, Optional<JobState> state, Instant wall) {
        if (number > events) {
            // that of a running job is put off again and again, so that it is as old as the try that it tells of
            long since = isRunning() ? began : ready;
            return since < Micros.of(wall.minus(ORPHAN)) ? Fate.OBSOLETE : Fate.AHEAD;
        }
        // a change that lost against another one leaves a hint with the winner's number
        boolean losersHint = state.filter(is -> is.isFinal() || isRunning() != (is == JobState.RUNNING))
                .isPresent();
        return number < events || losersHint ? Fate.OBSOLETE : Fate.TRUE;
    }

    static Entry newer(Entry one, Entry other) {
        return one.number() < other.number() ? other : one;
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
