package io.fencepost.scenarios.chaos.fault;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ServerNode;
import io.fencepost.scenarios.chaos.Crew;
import io.fencepost.scenarios.chaos.plan.Workload;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What faults work on.
 *
 * @param cluster the servers
 * @param crew the workers
 * @param workload what the workers do, for those that are replaced
 * @param locks which locks they use
 * @param random decides whatever is open, in the order of the faults
 * @param seed of the run
 */
public record Lab(
        Cluster cluster, Crew crew, Workload workload, List<String> locks, SplittableRandom random, long seed) {
    public Lab {
        locks = List.copyOf(locks);
    }

    List<ServerNode> nodes() {
        return cluster.nodes();
    }
}
