package io.fencepost.scheduler.job;

import java.time.Duration;

/**
 * How often a run that failed is tried again, and when: the n-th retry comes {@code firstDelay * 2^(n-1)} later, {@code maxDelay} at most, shortened at random by up to a fifth, so
 * that what failed together does not come back together. A worker that dies uses up a try like a failure.
 *
 * @param attempts tries of one run, the first included, 1 to {@value #MAX_ATTEMPTS}; after the last the job is {@link JobState#DEAD}
 * @param firstDelay not negative
 * @param maxDelay not shorter than {@code firstDelay}
 */
public record RetryPolicy(int attempts, Duration firstDelay, Duration maxDelay) {
    /** The most tries of one run. */
    public static final int MAX_ATTEMPTS = 100;

    /** Three tries, the second after a second. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofMinutes(5));

    /** @throws IllegalArgumentException if a number is out of its range */
    public RetryPolicy {
        if (attempts < 1 || attempts > MAX_ATTEMPTS) {
            throw new IllegalArgumentException("attempts are 1 to " + MAX_ATTEMPTS + ", not " + attempts);
        }
        if (firstDelay.isNegative() || maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("the delays of retries are not negative, and the longest is not shorter"
                    + " than the first, unlike " + firstDelay + " and " + maxDelay);
        }
    }
}
