package io.fencepost.infra;

import java.util.Objects;
import java.util.Optional;

/**
 * What cluster to start. Immutable.
 *
 * @param kind the servers
 * @param nodes how many, 1 to 9; 3 of Cassandra and ZooKeeper and 5 of Redis unless said otherwise
 * @param profile how much of the machine they may use, {@link PerformanceProfile#TEST} by default
 * @param durability what they promise to keep, {@link Durability#SAFE} by default
 * @param password what clients must show, none by default; Cassandra knows only {@code cassandra} (of the user
 *     {@code cassandra}), ZooKeeper has no password
 * @param movableClocks whether {@link ServerNode#moveClock} works, false by default
 * @param ownNetworks whether each node has a network of its own, so that there is a {@link Cluster#network()}; false by default
 */
public record ClusterSpec(
        ClusterKind kind,
        int nodes,
        PerformanceProfile profile,
        Durability durability,
        Optional<String> password,
        boolean movableClocks,
        boolean ownNetworks) {

    /** The user and the password that a new Cassandra cluster is born with. */
    static final String CASSANDRA_SUPERUSER = "cassandra";

    private static final int MAX_NODES = 9;

    /**
     * Checks the combination.
     *
     * @throws IllegalArgumentException if the number of nodes is out of range or the servers cannot have that password
     */
    public ClusterSpec {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(profile, "profile");
        Objects.requireNonNull(durability, "durability");
        Objects.requireNonNull(password, "password");
        if (nodes < 1 || nodes > MAX_NODES) {
            throw new IllegalArgumentException("nodes = " + nodes + ", must be 1 to " + MAX_NODES);
        }
        password.ifPresent(value -> checkPassword(kind, value));
    }

    /** The usual cluster of this kind: its usual size, profile TEST, durability SAFE, no password. */
    public static ClusterSpec of(ClusterKind kind) {
        return new ClusterSpec(
                kind, kind.usualNodes(), PerformanceProfile.TEST, Durability.SAFE, Optional.empty(), false, false);
    }

    /** The same with another number of nodes. */
    public ClusterSpec withNodes(int count) {
        return new ClusterSpec(kind, count, profile, durability, password, movableClocks, ownNetworks);
    }

    /** The same with another profile. */
    public ClusterSpec withProfile(PerformanceProfile other) {
        return new ClusterSpec(kind, nodes, other, durability, password, movableClocks, ownNetworks);
    }

    /** The same with another durability. */
    public ClusterSpec withDurability(Durability other) {
        return new ClusterSpec(kind, nodes, profile, other, password, movableClocks, ownNetworks);
    }

    /**
     * The same, refusing clients without this password: {@code requirepass} of Redis, {@code PasswordAuthenticator} of
     * Cassandra.
     */
    public ClusterSpec withPassword(String secret) {
        return new ClusterSpec(kind, nodes, profile, durability, Optional.of(secret), movableClocks, ownNetworks);
    }

    /** The same with wall clocks that can be moved, node by node, where {@link MovableClocks} has no reason against it. */
    public ClusterSpec withMovableClocks() {
        return new ClusterSpec(kind, nodes, profile, durability, password, true, ownNetworks);
    }

    /**
     * The same with a network namespace and an address of its own for each node, where {@link NodeNetworks} has no reason against
     * it. Clients on this machine reach the nodes; nothing else does.
     */
    public ClusterSpec withOwnNetworks() {
        return new ClusterSpec(kind, nodes, profile, durability, password, movableClocks, true);
    }

    /** One line for people: size, profile and durability in words. Never the password. */
    public String describe() {
        String speed = switch (profile) {
            case TEST -> "profile TEST (small heaps, first-tier compiler: not for measurements)";
            case BENCHMARK -> "profile BENCHMARK (optimizing compiler, larger heaps)";
        };
        String keeps = switch (durability) {
            case SAFE -> "durability SAFE (synced before acknowledged)";
            case UNSAFE -> "durability UNSAFE (forgets)";
        };
        return nodes + " x " + kind.id() + ", " + speed + ", " + keeps
                + (password.isPresent() ? ", password required" : "")
                + (movableClocks ? ", movable clocks" : "")
                + (ownNetworks ? ", own networks" : "");
    }

    @Override
    public String toString() {
        return describe();
    }

    private static void checkPassword(ClusterKind kind, String password) {
        switch (kind) {
            case REDIS -> {
                if (password.isEmpty()
                        || !password.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\\')) {
                    throw new IllegalArgumentException(
                            "a Redis password here is of printable ASCII, no space, \" or \\");
                }
            }
            case CASSANDRA -> {
                if (!password.equals(CASSANDRA_SUPERUSER)) {
                    throw new IllegalArgumentException(
                            "a new Cassandra cluster has one user, cassandra, with the password cassandra");
                }
            }
            case ZOOKEEPER -> throw new IllegalArgumentException("ZooKeeper has no password");
        }
    }
}
