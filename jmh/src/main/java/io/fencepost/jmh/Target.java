package io.fencepost.jmh;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.PerformanceProfile;
import io.fencepost.jmh.floor.CassandraFloor;
import io.fencepost.jmh.floor.Floor;
import io.fencepost.jmh.floor.RedisFloor;
import io.fencepost.jmh.floor.ZooKeeperFloor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A provider that is measured: the cluster it needs, the URI that opens it there, and its floor. */
public enum Target {
    /** The provider {@code cassandra} on three nodes, replicated to all. */
    CASSANDRA(ClusterKind.CASSANDRA, "one conditional UPDATE (LWT) of one row at QUORUM and SERIAL") {
        @Override
        public String uri(List<String> addresses) {
            return "cassandra://" + String.join(",", addresses) + "/fencepost_compare?localDatacenter=" + DATACENTER
                    + "&createSchema=true&replicationFactor=" + Math.min(3, addresses.size());
        }

        @Override
        public Floor openFloor(Cluster cluster) {
            return new CassandraFloor(
                    cluster.nodes().stream().map(node -> node.address()).toList());
        }
    },
    /** The provider {@code redlock} on five independent masters. */
    REDLOCK(ClusterKind.REDIS, "one EVALSHA (SET NX PX and INCR) on one master") {
        @Override
        public String uri(List<String> addresses) {
            return "redlock://" + String.join(",", addresses);
        }

        @Override
        public Floor openFloor(Cluster cluster) {
            return new RedisFloor(cluster.nodes().get(0).address());
        }
    },
    /** The provider {@code zookeeper} on an ensemble of three. */
    ZOOKEEPER(ClusterKind.ZOOKEEPER, "one create of an ephemeral znode") {
        @Override
        public String uri(List<String> addresses) {
            return "zookeeper://" + String.join(",", addresses) + "/fencepost-compare";
        }

        @Override
        public Floor openFloor(Cluster cluster) throws Exception {
            return new ZooKeeperFloor(String.join(",", cluster.addresses()));
        }
    };

    /** The one datacenter of the Cassandra clusters of infra. */
    public static final String DATACENTER = "datacenter1";

    private final ClusterKind kind;
    private final String rawCall;

    Target(ClusterKind kind, String rawCall) {
        this.kind = kind;
        this.rawCall = rawCall;
    }

    /** The scheme of the provider, which is its name in results. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the provider is measured on: the usual number of nodes, tuned for measuring. */
    public ClusterSpec clusterSpec() {
        return ClusterSpec.of(kind).withProfile(PerformanceProfile.BENCHMARK);
    }

    /** The URI that opens the provider on servers at {@code addresses}; the schema or base node is created where it is missing. */
    public abstract String uri(List<String> addresses);

    /** The call that {@link Floor#take} of this target makes, in words for a report. */
    public String rawCall() {
        return rawCall;
    }

    /** Connects the floor to the same servers. */
    public abstract Floor openFloor(Cluster cluster) throws Exception;

    /**
     * The target of that id.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static Target of(String id) {
        return Arrays.stream(values())
                .filter(target -> target.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + id + "' is no provider to compare; there are "
                        + Arrays.stream(values()).map(Target::id).collect(Collectors.joining(", "))));
    }
}
