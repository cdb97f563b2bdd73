package io.fencepost.tck.clusters;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ServerNode;
import io.fencepost.tck.ServerControl;

/** The processes of a cluster whose majority decides. */
final class ClusterServers implements ServerControl {
    private final Cluster cluster;

    ClusterServers(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public int count() {
        return cluster.nodes().size();
    }

    @Override
    public int tolerated() {
        return (count() - 1) / 2;
    }

    @Override
    public void kill(int server) {
        node(server).kill();
    }

    @Override
    public void pause(int server) {
        node(server).pause();
    }

    @Override
    public void heal() {
        cluster.heal();
    }

    private ServerNode node(int server) {
        return cluster.nodes().get(server);
    }

    @Override
    public String toString() {
        return cluster.describe();
    }
}
