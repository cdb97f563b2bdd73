package io.fencepost.infra;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A cluster of real servers on this machine. All methods block and may be called by any thread; when interrupted they throw
 * {@link IllegalStateException} and keep the interrupt flag.
 */
public interface Cluster extends AutoCloseable {

    /** {@code cassandra}, {@code redis} or {@code zookeeper}. */
    String kind();

    /** The version that the first node gave when the cluster became healthy, such as {@code 5.0.9}. */
    String version();

    /** What was asked for. */
    ClusterSpec spec();

    /** What runs, in one line: version, size, profile with its flags, durability. */
    String describe();

    /** The nodes in the order of their index; always the same objects. */
    List<ServerNode> nodes();

    /** Where clients connect, such as {@code 127.0.0.1:19042}, in the order of the nodes; stable over restarts. */
    List<String> addresses();

    /** Why {@link ServerNode#moveClock} does not work here, if it does not. */
    default Optional<String> clocksUnmovable() {
        return spec().movableClocks()
                ? Optional.empty()
                : MovableClocks.unavailable(spec().kind())
                        .or(() -> Optional.of("the cluster was started without movable clocks"));
    }

    /** Where the configuration, data and logs of the cluster are. The data goes when the cluster stops; the rest stays. */
    Path directory();

    /** What lies between the nodes, if the cluster was started {@linkplain ClusterSpec#withOwnNetworks() with own networks}. */
    default Optional<NodeNetwork> network() {
        return Optional.empty();
    }

    /**
     * Waits until every node runs and answers and, where there is a membership, sees all the others alive.
     *
     * @throws IllegalStateException if a node is dead or paused (at once), or not healthy within the limit; the message
     *     names the node, its state, what it lacks, and the last lines of its log
     */
    void awaitHealthy(Duration limit);

    /**
     * Heals the network and the disks, sets the clocks that were moved back to the real time, resumes the paused nodes, starts the
     * dead ones with the data they have, and waits until the cluster is healthy, up to minutes on a crowded machine.
     *
     * @throws IllegalStateException as {@link #awaitHealthy(Duration)}
     */
    void heal();

    /**
     * Stops the servers with SIGKILL if this process owns the cluster, else only lets go of it: a cluster shared by a build
     * lives until its Maven process ends. Idempotent; returns when the processes are gone.
     */
    @Override
    void close();
}
