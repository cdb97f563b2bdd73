package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import com.datastax.oss.driver.api.core.metadata.TokenMap;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Which node coordinates the transactions of a lock: for all clients the same, so that contenders queue there instead of outbidding each other's ballots from
 * different nodes.
 *
 * <p>The replicas of the row are ordered by rendezvous hashing of (lock, node): every client computes the same order, locks spread over all nodes, and only
 * the locks of a lost node move. Nodes that are down come last, after those that lately did not answer in time: a stopped process keeps its connections open for
 * as long as the heartbeat takes to notice. Only speed depends on the order. Thread-safe.
 */
final class Coordinators {
    private static final Duration SUSPICION = Duration.ofSeconds(5);

    private final Supplier<Metadata> metadata;
    private final CqlIdentifier keyspace;
    private final String datacenter;
    private final Map<UUID, Long> suspectedUntil = new ConcurrentHashMap<>();

    private record Candidate(Node node, int rank, long weight) {}

    Coordinators(Supplier<Metadata> metadata, String keyspace, String datacenter) {
        this.metadata = metadata;
        this.keyspace = CqlIdentifier.fromInternal(keyspace);
        this.datacenter = datacenter;
    }

    /** The nodes to ask about a lock, the best first. */
    List<Node> order(String name, ByteBuffer routingKey) {
        Metadata now = metadata.get();
        Set<Node> replicas =
                now.getTokenMap().map(map -> replicas(map, routingKey)).orElse(Set.of());
        List<Node> candidates = local(replicas);
        if (candidates.isEmpty()) {
            candidates = local(now.getNodes().values());
        }
        // ranks may change while nodes are being sorted, so each is taken once
        return candidates.stream()
                .map(node -> new Candidate(node, rank(node), weight(name, hostId(node))))
                .sorted(Comparator.comparingInt(Candidate::rank).thenComparingLong(Candidate::weight))
                .map(Candidate::node)
                .toList();
    }

    private Set<Node> replicas(TokenMap map, ByteBuffer routingKey) {
        return map.getReplicas(keyspace, routingKey.duplicate());
    }

    private List<Node> local(Collection<Node> nodes) {
        return nodes.stream()
                .filter(node -> datacenter.equals(node.getDatacenter()))
                .toList();
    }

    /** Puts a node behind the others for a while, because it did not answer. */
    void suspect(Node node) {
        suspectedUntil.put(hostId(node), System.nanoTime() + SUSPICION.toNanos());
    }

    private int rank(Node node) {
        if (node.getState() == NodeState.DOWN
                || node.getState() == NodeState.FORCED_DOWN
                || node.getOpenConnections() == 0) {
            return 2;
        }
        UUID id = hostId(node);
        Long until = suspectedUntil.get(id);
        if (until == null) {
            return 0;
        }
        if (System.nanoTime() - until < 0) {
            return 1;
        }
        suspectedUntil.remove(id, until);
        return 0;
    }

    private static UUID hostId(Node node) {
        return Objects.requireNonNull(node.getHostId(), "a known node has an id");
    }

    /** The finaliser of MurmurHash3 over lock and node. */
    static long weight(String name, UUID node) {
        long h = (name.hashCode() * 31L + node.getMostSignificantBits()) * 31L + node.getLeastSignificantBits();
        h = (h ^ (h >>> 33)) * 0xFF51AFD7ED558CCDL;
        h = (h ^ (h >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return h ^ (h >>> 33);
    }
}
