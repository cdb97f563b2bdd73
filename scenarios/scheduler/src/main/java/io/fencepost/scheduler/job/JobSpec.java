package io.fencepost.scheduler.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a user submits.
 *
 * @param id of the user's choice, so that a submission whose answer was lost can be repeated; {@link JobId#random()} otherwise
 * @param tenant on whose behalf, 1 to {@value #MAX_TENANT_LENGTH} letters, digits, dots, underscores and hyphens; tenants share the workers by their weights
 * @param priority 0 to {@value #MAX_PRIORITY}; what is due with a greater one goes first, whatever its tenant
 * @param work what is to be done
 * @param payload at most {@value #MAX_PAYLOAD_BYTES} bytes; not copied, not to be changed
 * @param schedule when
 * @param retries what happens after a failure
 * @param deadline how long after it was due a run, retries included, must have ended; then it is aborted and the job is dead. Empty: no limit
 * @param misfire what becomes of missed times
 */
@SuppressWarnings(
        "ArrayRecordComponent") // equal by its bytes, see below; a copy of up to 1 MiB at each step would serve nobody
public record JobSpec(
        JobId id,
        String tenant,
        int priority,
        Work work,
        byte[] payload,
        Schedule schedule,
        RetryPolicy retries,
        Optional<Duration> deadline,
        MisfirePolicy misfire) {
    /** The greatest priority. */
    public static final int MAX_PRIORITY = 9;

    /** The largest payload: 1 MiB. */
    public static final int MAX_PAYLOAD_BYTES = 1 << 20;

    /** The longest name of a tenant, in characters. */
    public static final int MAX_TENANT_LENGTH = 64;

    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_TENANT_LENGTH + "}");

    /** @throws IllegalArgumentException if something is out of its range; the message names it and what is allowed */
    public JobSpec {
        if (!TENANT.matcher(tenant).matches()) {
            throw new IllegalArgumentException("a tenant is 1 to " + MAX_TENANT_LENGTH
                    + " letters, digits, '.', '_' and '-', not '" + tenant + "'");
        }
        if (priority < 0 || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException("a priority is 0 to " + MAX_PRIORITY + ", not " + priority);
        }
        if (payload.length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "a payload has at most " + MAX_PAYLOAD_BYTES + " bytes, not " + payload.length);
        }
        if (deadline.isPresent()
                && (deadline.get().isNegative()
                        || deadline.get().isZero()
                        || deadline.get().compareTo(Schedule.LONGEST) > 0)) {
            throw new IllegalArgumentException(
                    "a deadline is positive and at most " + Schedule.LONGEST + ", not " + deadline.get());
        }
    }

    /** A job of the tenant {@code default} and the priority 5, with the default retries, no deadline, and one run for all that were missed. */
    public static JobSpec of(JobId id, Work work, byte[] payload, Schedule schedule) {
        return new JobSpec(
                id,
                "default",
                5,
                work,
                payload,
                schedule,
                RetryPolicy.DEFAULT,
                Optional.empty(),
                MisfirePolicy.RUN_ONCE);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JobSpec that
                && id.equals(that.id)
                && tenant.equals(that.tenant)
                && priority == that.priority
                && work.equals(that.work)
                && Arrays.equals(payload, that.payload)
                && schedule.equals(that.schedule)
                && retries.equals(that.retries)
                && deadline.equals(that.deadline)
                && misfire == that.misfire;
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, tenant, priority, work, schedule, retries, deadline, misfire);
    }

    /** With the size of the payload in place of its bytes, which may be a secret. */
    @Override
    public String toString() {
        return "JobSpec[id=" + id + ", tenant=" + tenant + ", priority=" + priority + ", work=" + work + ", payload="
                + payload.length + " bytes, schedule=" + schedule + ", retries=" + retries + ", deadline=" + deadline
                + ", misfire=" + misfire + "]";
    }
}
