package io.fencepost.scheduler.job;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** When a job is due: once, or again and again. Instants are of the schedulers' wall clocks; no exclusion depends on them. */
public sealed interface Schedule {
    /** The longest delay and period: ten years. */
    Duration LONGEST = Duration.ofDays(3650);

    /** Once, at that instant; at once if it is over. */
    record At(Instant instant) implements Schedule {}

    /**
     * Once, that long after the submission.
     *
     * @param delay 0 to {@link #LONGEST}
     */
    record After(Duration delay) implements Schedule {
        /** @throws IllegalArgumentException if the delay is negative or longer than {@link #LONGEST} */
        public After {
            if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("a delay is 0 to " + LONGEST + ", not " + delay);
            }
        }
    }

    /**
     * At {@code first + n * period}, whatever the runs take; a run that takes longer delays the next, and {@link MisfirePolicy} tells what becomes of those in between.
     *
     * <p>Both are kept to the microsecond, as stores do, so that a time that comes back from a store is still one of these.
     *
     * @param period {@link #MIN_PERIOD} to {@link #LONGEST}
     */
    record FixedRate(Instant first, Duration period) implements Schedule {
        /** The shortest period: below it, polling for due jobs decides when they run. */
        public static final Duration MIN_PERIOD = Duration.ofMillis(100);

        /** @throws IllegalArgumentException if the period is too short or too long */
        public FixedRate {
            if (period.compareTo(MIN_PERIOD) < 0 || period.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("a period is " + MIN_PERIOD + " to " + LONGEST + ", not " + period);
            }
            first = first.truncatedTo(ChronoUnit.MICROS);
            period = period.truncatedTo(ChronoUnit.MICROS);
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
