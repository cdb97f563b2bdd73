package io.fencepost.scenarios.load;

import io.fencepost.scenarios.worker.Arrivals;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a run of load does.
 *
 * @param subjects what to drive, in this order
 * @param levels of contention, in this order
 * @param ladder whether rates rise until saturation
 * @param rate for all, or the first of every ladder; by subject and level if empty
 * @param factor from one rate of a ladder to the next, above 1
 * @param mostSteps of a ladder, without the refining one
 * @param length of one plan
 * @param warmUp of each curve, at its first rate, not counted
 * @param workers processes
 * @param threads of each, which is how many operations can be under way there
 * @param hold from the grant to the release
 * @param patience how long one call waits for its lock
 * @param ttl of the leases
 * @param p99Bound above which a provider counts as saturated
 * @param seed of plans and of what lock is drawn
 */
public record LoadOptions(
        List<Subject> subjects,
        List<Contention> levels,
        boolean ladder,
        OptionalDouble rate,
        double factor,
        int mostSteps,
        Duration length,
        Duration warmUp,
        int workers,
        int threads,
        Duration hold,
        Duration patience,
        Duration ttl,
        Duration p99Bound,
        Arrivals arrivals,
        long seed) {
    /** About how many steps a ladder usually has. */
    private static final int USUAL_STEPS = 9;

    private static final Duration CLUSTER = Duration.ofSeconds(20);
    private static final Duration BETWEEN = Duration.ofSeconds(2);

    public LoadOptions {
        subjects = List.copyOf(subjects);
        levels = List.copyOf(levels);
    }

    /** How long the run usually takes. */
    public Duration estimate() {
        return CLUSTER.plus(curveEstimate().multipliedBy(levels.size())).multipliedBy(subjects.size());
    }

    /** How long one curve, or one level at its fixed rate, usually takes. */
    Duration curveEstimate() {
        int plans = ladder ? Math.min(USUAL_STEPS, mostSteps + 1) : 1;
        return warmUp.plus(length.plus(BETWEEN).multipliedBy(plans));
    }

    /** How many steps a run tells of. */
    public int steps() {
        return subjects.size() * (1 + levels.size());
    }

    double firstRate(Subject subject, Contention level) {
        return rate.orElseGet(() -> ladder ? level.lowRate(subject) : level.moderateRate(subject));
    }

    /** Processes that drive {@code subject}: no more than one where they would not share the locks. */
    int workersOf(Subject subject) {
        return subject.clusterSpec().isPresent() ? workers : 1;
    }
}
