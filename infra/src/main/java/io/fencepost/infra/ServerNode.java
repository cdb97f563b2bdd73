package io.fencepost.infra;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One server process of a {@link Cluster}. Thread safe; calls on one node that change it are to be made one after another.
 * Every method here acts on the process by its id <em>and</em> start time, so that a reused id is never hit.
 */
public interface ServerNode {

    /** 0 for the first node. */
    int index();

    /** A name for messages, such as {@code redis-1} for index 0. */
    String id();

    /** Where clients connect; stable over restarts. */
    InetSocketAddress address();

    /** The id of the current process, or of the last one if the node is dead. */
    long pid();

    /** What the operating system says of the process now. */
    NodeState state();

    /** Kills the process with SIGKILL, paused or not, and returns when it is gone. Does nothing to a dead node. */
    void kill();

    /**
     * Stops the process with SIGSTOP and returns when the operating system shows every thread of it stopped.
     *
     * @throws IllegalStateException if the node is dead or does not stop
     */
    void pause();

    /**
     * Lets a stopped process go on with SIGCONT, and returns when the operating system shows it so. Does nothing to a
     * running node.
     *
     * @throws IllegalStateException if the node is dead
     */
    void resume();

    /**
     * Kills the process if there is one and starts the node with the data it has. Returns when the node itself answers: a
     * ZooKeeper server without a quorum answers as well, and says that it does not serve.
     *
     * @throws IllegalStateException if it ends or does not answer in time, with the last lines of its log
     */
    void restart();

    /**
     * As {@link #restart()}, after deleting all data of the node. A Cassandra node comes back in its own place of the ring
     * without streaming: it has forgotten everything that it had acknowledged.
     *
     * @throws IllegalStateException as {@link #restart()}
     */
    void restartEmpty();

    /**
     * Makes the wall clock of this node differ from the real one by this much, whatever it differed by before; zero sets it
     * back. The running process sees it at its next look at the clock, which a server that remembers the time makes within a
     * second; a process that is started later sees it from its beginning, until {@link Cluster#heal()} or another call sets it
     * back. The monotonic clock is never touched. What was written with the time that was moved stays as it is: a cell of
     * Cassandra from the future hides later ones.
     *
     * @param offset positive for a clock that is ahead, negative for one that is behind, up to ten years; to the nanosecond
     * @throws IllegalStateException if the cluster was started without {@link ClusterSpec#withMovableClocks()}
     * @throws IllegalArgumentException if the offset is out of range
     */
    void moveClock(Duration offset);

    /** By how much the wall clock of this node differs from the real one: zero unless it was moved. */
    Duration clockOffset();

    /** What the server printed, over all its starts; kept when the cluster stops. */
    Path log();
}
