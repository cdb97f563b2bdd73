package io.fencepost.scenarios.jobs;

import io.fencepost.scenarios.load.Subject;
import java.time.Duration;
import java.util.List;

/**
 * How the two ways to schedule are compared.
 *
 * @param provider whose locks
 * @param store where the jobs are
 * @param workers how many processes, one number after the other
 * @param rate jobs that are due a second while latencies and gaps are measured
 * @param stream for how long latencies are measured
 * @param backlog how many jobs are submitted at once to measure the rate
 * @param ttl of the leases, of the leader's as well
 */
public record ModesOptions(
        Subject provider,
        StoreKind store,
        List<Integer> workers,
        int rate,
        Duration stream,
        int backlog,
        Duration ttl) {
    private static final Duration REST = Duration.ofSeconds(25);

    public ModesOptions {
        workers = List.copyOf(workers);
    }

    /** How long the run takes, roughly. */
    public Duration estimate() {
        return stepEstimate().multipliedBy(steps());
    }

    Duration stepEstimate() {
        return REST.plus(stream).plus(gapStream());
    }

    /** For how long jobs are due around the kill. */
    Duration gapStream() {
        return Duration.ofSeconds(8).plus(ttl.multipliedBy(2));
    }

    /** How many steps a run tells of. */
    public int steps() {
        return workers.size() * 2;
    }
}
