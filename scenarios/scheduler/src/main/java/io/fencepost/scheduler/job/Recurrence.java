package io.fencepost.scheduler.job;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * Works out when jobs are due. Pure: the same arguments give the same answer.
 *
 * <p><b>Cron and changes of the clock.</b> An expression whose hours begin with {@code *} goes by time that passes: each matching minute that the wall clock shows is one, so those of an hour that is shown
 * twice come twice, and those that are left out do not come. All other expressions mean times of day, and each comes once a day: in an hour that is shown twice at the first of the two, and in one that is
 * left out as though the clock had not been changed yet (02:30 is then 03:30).
 *
 * <p>Days of the month and days of the week that are both restricted add up, as in Unix.
 */
public final class Recurrence {
    /** By how much a run may come late before {@link MisfirePolicy#SKIP} leaves it out: workers poll, and may have been busy. */
    public static final Duration TOLERANCE = Duration.ofMinutes(1);

    private static final CronDefinition UNIX = CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX);
    private static final String CRON_RULE =
            "five fields (minute 0-59, hour 0-23, day of month 1-31, month 1-12, day of week 0-7), each of"
                    + " '*', numbers, names, ranges 'a-b', lists 'a,b' and steps '/n'";
    private static final Duration NANO = Duration.ofNanos(1);

    private Recurrence() {}

    /**
     * Whether a job may be submitted with this schedule.
     *
     * @throws IllegalArgumentException if it is a cron expression that is malformed or never due; the message names it and what is allowed
     */
    public static void check(Schedule schedule) {
        if (schedule instanceof Schedule.Cron cron
                && fromCron(cron, Instant.EPOCH, false).isEmpty()) {
            throw new IllegalArgumentException(
                    "a cron expression is due some time, and '" + cron.expression() + "' never is");
        }
    }

    /**
     * When a job that is submitted now is due for the first time. Of what is planned, times before the submission do not count; a job that was to run once, at a time that is over, is due at once.
     *
     * @throws IllegalArgumentException as {@link #check}
     */
    public static Instant first(Schedule schedule, Instant submitted) {
        if (schedule instanceof Schedule.At at) {
            return at.instant().isAfter(submitted) ? at.instant() : submitted;
        }
        if (schedule instanceof Schedule.After after) {
            return submitted.plus(after.delay());
        }
        check(schedule);
        return next(schedule, submitted.minus(NANO))
                .orElseThrow(() -> new IllegalArgumentException(schedule + " is not due after " + submitted));
    }

    /**
     * When a job is due next after the run that ends now, as its {@link MisfirePolicy} has it. What lies in the past is due at once.
     *
     * @param job as it was begun
     * @return empty if it is not due again
     */
    public static Optional<Instant> after(Job job, Instant now) {
        Schedule schedule = job.spec().schedule();
        Instant due = job.due();
        return switch (job.spec().misfire()) {
            case RUN_ALL -> next(schedule, due);
            // the run made up for all that was missed when it began, not for what was missed while it ran
            case RUN_ONCE -> next(schedule, later(due, job.began().orElse(now)));
            case SKIP -> next(schedule, later(due, now));
        };
    }

    /** Whether this run of a job is to be left out, because it comes too late and its policy is {@link MisfirePolicy#SKIP}. Retries and takeovers are not. */
    public static boolean isMissed(Job job, Instant now) {
        return job.spec().misfire() == MisfirePolicy.SKIP
                && job.spec().schedule().isRecurring()
                && job.attempt() <= 1
                && now.isAfter(job.due().plus(TOLERANCE));
    }

    /** The first time after {@code instant}, which itself is none. */
    static Optional<Instant> next(Schedule schedule, Instant instant) {
        if (schedule instanceof Schedule.FixedRate rate) {
            if (instant.isBefore(rate.first())) {
                return Optional.of(rate.first());
            }
            long over = Duration.between(rate.first(), instant).dividedBy(rate.period());
            return Optional.of(rate.first().plus(rate.period().multipliedBy(over + 1)));
        }
        if (schedule instanceof Schedule.Cron cron) {
            boolean byElapsedTime =
                    cron.expression().strip().split("\\s+", -1)[1].startsWith("*");
            return fromCron(cron, instant, byElapsedTime);
        }
        return Optional.empty();
    }

    private static Optional<Instant> fromCron(Schedule.Cron cron, Instant instant, boolean byElapsedTime) {
        ExecutionTime times = ExecutionTime.forCron(parsed(cron.expression()));
        return byElapsedTime ? byElapsedTime(times, cron.zone(), instant) : byTimeOfDay(times, cron.zone(), instant);
    }

    private static Cron parsed(String expression) {
        try {
            return new CronParser(UNIX).parse(expression).validate();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a cron expression has " + CRON_RULE + ", not '" + expression + "': " + e.getMessage(), e);
        }
    }

    private static Optional<Instant> byElapsedTime(ExecutionTime times, ZoneId zone, Instant instant) {
        ZoneRules rules = zone.getRules();
        Instant from = instant;
        while (true) {
            ZoneOffset offset = rules.getOffset(from);
            Optional<Instant> candidate =
                    local(times, LocalDateTime.ofInstant(from, offset)).map(time -> time.toInstant(offset));
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (candidate.isEmpty() || change == null || candidate.get().isBefore(change.getInstant())) {
                return candidate;
            }
            // from the first instant of the new offset, itself included
            Instant changed = change.getInstant();
            ZoneOffset then = change.getOffsetAfter();
            Optional<Instant> atOnce = local(
                            times, LocalDateTime.ofInstant(changed, then).minus(NANO))
                    .map(time -> time.toInstant(then))
                    .filter(changed::equals);
            if (atOnce.isPresent()) {
                return atOnce;
            }
            from = changed;
        }
    }

    private static Optional<Instant> byTimeOfDay(ExecutionTime times, ZoneId zone, Instant instant) {
        LocalDateTime shown = LocalDateTime.ofInstant(instant, zone);
        Optional<Instant> ahead = resolved(times, zone, shown, instant);
        ZoneOffsetTransition change = zone.getRules().previousTransition(instant.plus(NANO));
        if (change == null
                || !change.isGap()
                || !instant.isBefore(change.getInstant().plus(change.getDuration()))) {
            return ahead;
        }
        // times of the hour that was left out may still come
        Optional<Instant> leftOut = resolved(times, zone, shown.minus(change.getDuration()), instant);
        return ahead.isEmpty() || (leftOut.isPresent() && leftOut.get().isBefore(ahead.get())) ? leftOut : ahead;
    }

    private static Optional<Instant> resolved(ExecutionTime times, ZoneId zone, LocalDateTime from, Instant after) {
        Optional<LocalDateTime> candidate = local(times, from);
        while (candidate.isPresent()) {
            // in a gap: moved by its length; in an overlap: the first of the two
            Instant resolved = candidate.get().atZone(zone).toInstant();
            if (resolved.isAfter(after)) {
                return Optional.of(resolved);
            }
            candidate = local(times, candidate.get());
        }
        return Optional.empty();
    }

    /** The library works on a calendar without changes of the clock; those are ours. */
    private static Optional<LocalDateTime> local(ExecutionTime times, LocalDateTime after) {
        return times.nextExecution(after.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
