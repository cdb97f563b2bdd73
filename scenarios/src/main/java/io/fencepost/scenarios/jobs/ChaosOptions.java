package io.fencepost.scenarios.jobs;

import io.fencepost.scenarios.load.Subject;
import java.time.Duration;
import java.util.List;

/**
 * What is done to the scheduler.
 *
 * @param providers whose locks, in this order
 * @param scenarios in this order
 * @param store where the jobs are
 * @param faults how often the fault of a scenario comes
 * @param rate jobs a second that are submitted meanwhile
 */
public record ChaosOptions(
        List<Subject> providers, List<ChaosScenario> scenarios, StoreKind store, int faults, int rate) {
    private static final Duration CLUSTER = Duration.ofSeconds(40);
    private static final Duration FAULT = Duration.ofSeconds(12);

    public ChaosOptions {
        providers = List.copyOf(providers);
        scenarios = List.copyOf(scenarios);
    }

    /** How long the run takes, roughly. */
    public Duration estimate() {
        return scenarioEstimate().multipliedBy((long) providers.size() * scenarios.size());
    }

    Duration scenarioEstimate() {
        return CLUSTER.plus(FAULT.multipliedBy(faults));
    }

    /** How many steps a run tells of. */
    public int steps() {
        return providers.size() * scenarios.size();
    }
}
