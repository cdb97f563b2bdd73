package io.fencepost.infra;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * Everything that is fixed when a cluster starts, in a form that another JVM can read.
 *
 * @param name unique over builds and clusters, so that two clusters can never take each other for one
 * @param spec what was asked for
 * @param nodes one plan a node
 * @param network the network of the nodes, if they have one of their own
 */
record ClusterPlan(String name, ClusterSpec spec, List<NodePlan> nodes, Optional<NetworkPlan> network) {

    /** On loopback. */
    ClusterPlan(String name, ClusterSpec spec, List<NodePlan> nodes) {
        this(name, spec, nodes, Optional.empty());
    }

    /**
     * The place of one node.
     *
     * @param host numeric address, of loopback or of its own network
     * @param clientPort where clients connect
     * @param peerPort where the other nodes connect; 0 if there is no such thing
     * @param electionPort where ZooKeeper servers elect their leader; 0 with the others
     */
    record NodePlan(String host, int clientPort, int peerPort, int electionPort) {

        InetSocketAddress clientAddress() {
            return new InetSocketAddress(Ports.literal(host), clientPort);
        }
    }

    void store(Properties properties) {
        properties.setProperty("name", name);
        properties.setProperty("kind", spec.kind().id());
        properties.setProperty("profile", spec.profile().name());
        properties.setProperty("durability", spec.durability().name());
        spec.password().ifPresent(password -> properties.setProperty("password", password));
        properties.setProperty("movableClocks", Boolean.toString(spec.movableClocks()));
        network.ifPresent(found -> properties.setProperty("network", found.id() + " " + found.prefix()));
        properties.setProperty("nodes", Integer.toString(nodes.size()));
        for (int i = 0; i < nodes.size(); i++) {
            NodePlan node = nodes.get(i);
            properties.setProperty(
                    "node." + i,
                    node.host() + " " + node.clientPort() + " " + node.peerPort() + " " + node.electionPort());
        }
    }

    static ClusterPlan load(Properties properties) {
        int count = Integer.parseInt(Disk.required(properties, "nodes"));
        List<NodePlan> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String[] fields = Disk.required(properties, "node." + i).split(" ", -1);
            nodes.add(new NodePlan(
                    fields[0], Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), Integer.parseInt(fields[3])));
        }
        Optional<NetworkPlan> network = Optional.ofNullable(properties.getProperty("network"))
                .map(text -> text.split(" ", -1))
                .map(fields -> new NetworkPlan(fields[0], fields[1]));
        ClusterSpec spec = new ClusterSpec(
                ClusterKind.of(Disk.required(properties, "kind")),
                count,
                PerformanceProfile.valueOf(Disk.required(properties, "profile")),
                Durability.valueOf(Disk.required(properties, "durability")),
                Optional.ofNullable(properties.getProperty("password")),
                Boolean.parseBoolean(Disk.required(properties, "movableClocks")),
                network.isPresent());
        return new ClusterPlan(Disk.required(properties, "name"), spec, List.copyOf(nodes), network);
    }
}
