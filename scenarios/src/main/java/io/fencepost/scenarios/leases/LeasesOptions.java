package io.fencepost.scenarios.leases;

import io.fencepost.scenarios.load.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a run with many leases does.
 *
 * @param subjects whose leases, in this order
 * @param counts how many, in this order
 * @param ttl of the leases; chosen by what the backend can do if empty
 * @param inFlight how many calls may be under way at a time
 * @param acquireLimit how long it may take to acquire them
 * @param keepLimit how long they are kept at most
 */
public record LeasesOptions(
        List<Subject> subjects,
        List<Integer> counts,
        Optional<Duration> ttl,
        int inFlight,
        Duration acquireLimit,
        Duration keepLimit) {
    private static final Duration SUBJECT = Duration.ofSeconds(40);

    public LeasesOptions {
        subjects = List.copyOf(subjects);
        counts = List.copyOf(counts);
    }

    /** How long the run takes at most, more or less, if everything can be run. */
    public Duration estimate() {
        return SUBJECT.plus(countEstimate().multipliedBy(counts.size())).multipliedBy(subjects.size());
    }

    Duration countEstimate() {
        return keepLimit.plusSeconds(30);
    }

    /** How many steps a run tells of. */
    public int steps() {
        return subjects.size() * (1 + counts.size());
    }
}
