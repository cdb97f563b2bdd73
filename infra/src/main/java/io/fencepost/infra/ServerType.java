package io.fencepost.infra;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What infra knows of one kind of server: where its nodes go, how they start, and how to see that they are well. */
interface ServerType {

    /** Chooses addresses and free ports; in a network of the nodes' own the usual ports, which are all free there. */
    List<ClusterPlan.NodePlan> place(ClusterSpec spec, Optional<NetworkPlan> network);

    /**
     * Writes the configuration of a node and gives the command that starts it.
     *
     * @param replacing whether the node joins in the place of itself after losing its data, in a cluster that knew it
     */
    List<String> prepare(ClusterPlan plan, int index, NodeFiles files, boolean replacing);

    /** The program that the command of every node begins with. */
    Path executable();

    /**
     * Asks the node itself for its version.
     *
     * @throws IOException if it does not answer (yet), saying what happened
     */
    String version(ClusterPlan plan, int index) throws IOException;

    /**
     * What this node still lacks to be a healthy member, if anything.
     *
     * @throws IOException if it does not answer (yet), saying what happened
     */
    Optional<String> defect(ClusterPlan plan, int index) throws IOException;

    /** The flags that decide how fast it runs, for people. */
    String flags(ClusterSpec spec);

    static ServerType of(ClusterKind kind, Checkout checkout) {
        return switch (kind) {
            case CASSANDRA -> new CassandraServer(checkout);
            case REDIS -> new RedisServer(checkout);
            case ZOOKEEPER -> new ZooKeeperServer(checkout);
        };
    }
}
