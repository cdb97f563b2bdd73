package io.fencepost.infra;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The network between the nodes of a cluster that was started {@linkplain ClusterSpec#withOwnNetworks() with own networks}, and
 * what can be broken in it. Each node is in a network namespace of its own with an address of its own; all are on one bridge,
 * whose address the clients on this machine have.
 *
 * <p>Nodes are named by their index. A cut drops packets in silence, as a broken wire does: connections stay open, and what was
 * sent is sent again by TCP after the healing, which may take as long again as the cut lasted. Cuts add up until {@link #heal()},
 * and stay over restarts of a node. They are rules in the kernel: any process of this machine that attached to the cluster sees
 * the same ones. A call that concerns several nodes changes one after the other within some ten milliseconds.
 *
 * <p>Thread safe. The methods block until the change is in force; they throw {@link IllegalStateException} when the machine
 * refuses it, with its words, and {@link IllegalArgumentException} for a node that does not exist.
 */
public interface NodeNetwork {

    /** Where all nodes and the bridge are, such as {@code 198.18.7.0/24}; nothing of it is reachable from elsewhere. */
    String subnet();

    /** The address that the nodes see of every client on this machine. */
    String clientHost();

    /** Drops what one node sends to another; the other direction passes. */
    void cut(int from, int to);

    /** Drops what two nodes send each other. */
    void cutBoth(int one, int other);

    /**
     * Cuts every two nodes that are in groups but in no common one. A node in several groups sees all of these, so that a ring of
     * overlapping majorities is {@code [0 1 2] [1 2 3] [2 3 4] [3 4 0] [4 0 1]} without the pairs that no group has. Nodes in no
     * group, and clients, lose nothing.
     */
    void partition(List<Set<Integer>> groups);

    /** Cuts a node from all other nodes, both ways; clients still reach it. */
    void isolate(int node);

    /** Cuts a node from the clients on this machine, both ways; the other nodes still reach it. */
    void cutClients(int node);

    /** Cuts one direction between the clients on this machine and a node. */
    void cutClients(int node, ClientTraffic traffic);

    /**
     * Delays what a node sends, to nodes and clients, by netem in place of the delay before.
     *
     * @param delay zero to a minute
     * @param jitter zero to {@code delay}: how much it varies either way
     * @param lossPercent 0 to 100: how many of the packets are lost
     * @throws IllegalStateException where {@link NodeNetworks#netemUnavailable()} has a reason
     * @throws IllegalArgumentException if a value is out of range
     */
    void delay(int node, Duration delay, Duration jitter, double lossPercent);

    /** Ends all cuts and delays. {@link Cluster#heal()} does it too. */
    void heal();

    /**
     * How many packets were dropped by cuts since the cluster started, over all healings: when it grows, a cut took effect.
     * Those lost by {@link #delay} are not counted.
     */
    long droppedPackets();
}
