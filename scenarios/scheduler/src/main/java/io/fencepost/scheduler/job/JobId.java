package io.fencepost.scheduler.job;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names a job for good: who submits the same id again gets the job that is there.
 *
 * @param value 1 to {@value #MAX_LENGTH} letters, digits, dots, underscores and hyphens of ASCII
 */
public record JobId(String value) implements Comparable<JobId> {
    /** The longest id, in characters. */
    public static final int MAX_LENGTH = 64;

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_LENGTH + "}");

    /** @throws IllegalArgumentException if the id has other characters, none, or too many */
    public JobId {
        if (!ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a job id is 1 to " + MAX_LENGTH + " letters, digits, '.', '_' and '-', not '" + value + "'");
        }
    }

    /** An id that no other job has. */
    public static JobId random() {
        return new JobId(UUID.randomUUID().toString());
    }

    @Override
    public int compareTo(JobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
