package io.fencepost.infra;

import java.time.Duration;
import java.util.Locale;

/** The servers that a cluster may consist of, each with its usual size. */
public enum ClusterKind {
    /** Apache Cassandra: three nodes of one ring, each with an address of its own in 127.0.0.0/8. */
    CASSANDRA(3, Duration.ofMinutes(4)),
    /** Redis: five masters that know nothing of each other. */
    REDIS(5, Duration.ofMinutes(1)),
    /** Apache ZooKeeper: an ensemble of three. */
    ZOOKEEPER(3, Duration.ofMinutes(2));

    private final int usualNodes;
    private final Duration startLimit;

    ClusterKind(int usualNodes, Duration startLimit) {
        this.usualNodes = usualNodes;
        this.startLimit = startLimit;
    }

    /** The name in lower case: {@code cassandra}, {@code redis} or {@code zookeeper}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The number of nodes unless a specification says otherwise. */
    public int usualNodes() {
        return usualNodes;
    }

    /** How long a start or a healing may take on a crowded machine before it counts as failed. */
    Duration startLimit() {
        return startLimit;
    }

    /**
     * Finds a kind by its {@link #id()}.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static ClusterKind of(String id) {
        for (ClusterKind kind : values()) {
            if (kind.id().equals(id)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no cluster kind '" + id + "': cassandra, redis or zookeeper");
    }
}
