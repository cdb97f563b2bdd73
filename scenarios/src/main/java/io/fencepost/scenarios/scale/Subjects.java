package io.fencepost.scenarios.scale;

import io.fencepost.jmh.Target;

/** What is known of each backend before anything is measured: how many trips its rounds take, one after the other, and whether it wakes who waits. */
final class Subjects {
    private Subjects() {}

    /** Demands are in proportion only, until {@link Costs#fitted}. */
    static Costs of(Target target) {
        return switch (target) {
            // client to coordinator; prepare with read, propose, commit among the replicas; a look reads one quorum
            case CASSANDRA -> new Costs(4, 4, 2, 100, 20, 0, 2, false);
            // one trip to each master, all at the same time
            case REDLOCK -> new Costs(1, 1, 1, 100, 100, 0, 2, true);
            // client to server, server to leader, proposal and its acknowledgement, commit: half of them with the
            // leader itself
            case ZOOKEEPER -> new Costs(2.5, 2.5, 1, 100, 20, 0, 2, true);
        };
    }
}
