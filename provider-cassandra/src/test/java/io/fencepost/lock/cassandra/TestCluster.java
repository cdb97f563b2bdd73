package io.fencepost.lock.cassandra;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.metadata.Node;
import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.ServerNode;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

/** The shared cluster as these tests use it. */
final class TestCluster {
    /** Long enough for a machine that is busy with three servers. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    static final Duration TTL = Duration.ofSeconds(10);
    static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(6);
    static final String KEYSPACE = "fencepost_it";
    static final String DATACENTER = "datacenter1";
    private static final String OPTIONS = "?localDatacenter=datacenter1&connectTimeout=30s&operationTimeout=6s";

    private TestCluster() {}

    static Cluster get() {
        return Clusters.cassandra();
    }

    static String uri(List<String> addresses, String keyspace) {
        return "cassandra://" + String.join(",", addresses) + "/" + keyspace + OPTIONS;
    }

    /** A client's URI that makes the schema if need be. */
    static String uri() {
        return uri(get().addresses(), Expiry.TTL);
    }

    /** As {@link #uri()}, with a table for this expiry. */
    static String uri(List<String> addresses, Expiry expiry) {
        return uri(addresses, KEYSPACE) + "&createSchema=true&replicationFactor=3"
                + (expiry == Expiry.OBSERVED ? "&expiry=observed&table=observed" : "");
    }

    static LockBackend open(String uri) {
        return new CassandraLockProvider().open(BackendConfig.parse(uri, Map.of(), "it", TimeSource.SYSTEM));
    }

    static String freshName() {
        return "it/" + UUID.randomUUID();
    }

    static AttemptRequest request(String name) {
        return request(name, TTL, false);
    }

    static AttemptRequest request(String name, Duration ttl, boolean afterContention) {
        return new AttemptRequest(
                name, UUID.randomUUID(), ttl, "it", Map.of("host", "here", "pid", "1"), afterContention);
    }

    /** The node that the provider's clients send the transactions of a lock to while all nodes are up. */
    static ServerNode coordinatorOf(CqlSession session, String name) {
        return coordinatorOf(get(), session, name);
    }

    /** As {@link #coordinatorOf(CqlSession, String)}, of another cluster. */
    static ServerNode coordinatorOf(Cluster cluster, CqlSession session, String name) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> session.getMetadata().getNodes().values().stream()
                        .allMatch(node -> node.getOpenConnections() > 0));
        Coordinators coordinators = new Coordinators(session::getMetadata, KEYSPACE, DATACENTER);
        Node first =
                coordinators.order(name, ByteBuffer.wrap(name.getBytes(UTF_8))).get(0);
        return cluster.nodes().stream()
                .filter(node -> node.address().equals(first.getEndPoint().resolve()))
                .findFirst()
                .orElseThrow();
    }

    /** A session of the test's own, beside those of the provider. */
    static CqlSession session(List<String> addresses) {
        CqlSessionBuilder builder = CqlSession.builder()
                .withLocalDatacenter(DATACENTER)
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(30))
                        .withBoolean(DefaultDriverOption.CONNECTION_WARN_INIT_ERROR, false)
                        // as the provider, and for the same reason
                        .withString(DefaultDriverOption.PROTOCOL_VERSION, "V4")
                        .build());
        for (String address : addresses) {
            int colon = address.lastIndexOf(':');
            builder.addContactPoint(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
        }
        return builder.build();
    }
}
