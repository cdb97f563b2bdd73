package io.fencepost.scenarios.run;

import io.fencepost.infra.Cluster;
import io.fencepost.jmh.Target;
import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.stats.Interval;
import io.fencepost.scenarios.worker.GrantLog;
import io.fencepost.scenarios.worker.WorkerPool;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What a scenario works with.
 *
 * @param target the provider under test
 * @param cluster its servers
 * @param uri that opens the provider there
 * @param workers processes with clients of it
 * @param grants where every grant is recorded
 * @param plan how much to do
 * @param seed of the run
 */
record Bench(
        Target target, Cluster cluster, String uri, WorkerPool workers, GrantLog grants, Profile.Plan plan, long seed) {

    /** The randomness of a scenario: the same for the same seed, provider and scenario, whatever else runs. */
    SplittableRandom random(String scenario) {
        return new SplittableRandom(seed * 31 + Objects.hash(target.id(), scenario));
    }

    /** A figure without an interval. */
    Measurement figure(String scenario, String metric, String unit, double value, long n) {
        return new Measurement(target.id(), scenario, metric, unit, value, Optional.empty(), n);
    }

    /** How many there were of something. */
    Measurement count(String scenario, String metric, long count, long n) {
        return figure(scenario, metric, "count", (double) count, n);
    }

    /** A figure with an interval. */
    Measurement figure(String scenario, String metric, String unit, double value, Interval interval, long n) {
        return new Measurement(target.id(), scenario, metric, unit, value, Optional.of(interval), n);
    }
}
