package io.fencepost.scheduler.job;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** When a job is due: once, or again and again. Instants are of the schedulers' wall clocks; no exclusion depends on them. */
public sealed interface Schedule {
    /** Once, at that instant; at once if it is over. */
    record At(Instant instant) implements Schedule {}

    /**
     * Once, that long after the submission.
     *
     * @param delay not negative
     */
    record After(Duration delay) implements Schedule {
        /** @throws IllegalArgumentException if the delay is negative */
        public After {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("a delay is not negative, unlike " + delay);
            }
        }
    }

    /**
     * At {@code first + n * period}, whatever the runs take; a run that takes longer delays the next, and {@link MisfirePolicy} tells what becomes of those in between.
     *
     * @param period at least {@link #MIN_PERIOD}
     */
    record FixedRate(Instant first, Duration period) implements Schedule {
        /** The shortest period: below it, polling for due jobs decides when they run. */
        public static final Duration MIN_PERIOD = Duration.ofMillis(100);

        /** @throws IllegalArgumentException if the period is too short */
        public FixedRate {
            if (period.compareTo(MIN_PERIOD) < 0) {
                throw new IllegalArgumentException("a period is at least " + MIN_PERIOD + ", not " + period);
            }
        }
    }

    /**
     * At the times of a cron expression of five fields (minute, hour, day of month, month, day of week), as of Unix, on the wall clock of a time zone.
     *
     * @param expression is checked where a schedule is worked out, see {@link Recurrence}
     */
    record Cron(String expression, ZoneId zone) implements Schedule {}

    /** Whether it is due more than once. */
    default boolean isRecurring() {
        return this instanceof FixedRate || this instanceof Cron;
    }
}
