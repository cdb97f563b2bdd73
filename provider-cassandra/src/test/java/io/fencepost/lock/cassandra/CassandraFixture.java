package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.lock.cassandra.fencing.CassandraFencedResources;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.tck.Hook;
import io.fencepost.tck.MalformedUri;
import io.fencepost.tck.clusters.ClusterFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The kit over three nodes. */
final class CassandraFixture extends ClusterFixture {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static final String FENCED_TABLE = "fenced";

    private final Expiry expiry;
    private @Nullable CqlSession session;

    private CassandraFixture(String name, Cluster cluster, Expiry expiry) {
        super(name, cluster, addresses -> TestCluster.uri(addresses, expiry), Duration.ofSeconds(2));
        this.expiry = expiry;
    }

    /** With clocks that stay as they are: the provider declares to trust all of them. */
    static CassandraFixture ttl() {
        return new CassandraFixture("cassandra", Clusters.start(ClusterSpec.of(ClusterKind.CASSANDRA)), Expiry.TTL);
    }

    /** Over a cluster that was started elsewhere, which is closed with this fixture. */
    static CassandraFixture over(String name, Cluster cluster) {
        return new CassandraFixture(name, cluster, Expiry.TTL);
    }

    /** With clocks that can be moved. */
    static CassandraFixture observed() {
        return new CassandraFixture(
                "cassandra-observed", start(ClusterSpec.of(ClusterKind.CASSANDRA)), Expiry.OBSERVED);
    }

    @Override
    public Duration slack() {
        return Duration.ofSeconds(3);
    }

    @Override
    public Duration operationTimeout() {
        return TestCluster.OPERATION_TIMEOUT;
    }

    /** {@inheritDoc} Here: 125 transactions a second, of three synced writes each at three nodes that share a machine, which also runs other tests. */
    @Override
    public Duration ttlOfManyLeases() {
        return Duration.ofSeconds(24);
    }

    @Override
    public Optional<String> uriTo(String address) {
        return Optional.of("cassandra://" + address + "/fencepost_it?localDatacenter=datacenter1&connectTimeout="
                + CONNECT_TIMEOUT);
    }

    @Override
    public Duration connectTimeout() {
        return CONNECT_TIMEOUT;
    }

    @Override
    public List<MalformedUri> malformedUris() {
        return List.of(
                MalformedUri.of("cassandra://127.0.0.1:9042", "keyspace"),
                MalformedUri.of("cassandra://127.0.0.1:9042/a-b", "a-b", "letters"),
                MalformedUri.of("cassandra://127.0.0.1:99999/locks", "99999", "65535"),
                MalformedUri.of("cassandra://127.0.0.1/locks?expiry=never", "expiry", "never", "ttl, observed"),
                MalformedUri.of("cassandra://127.0.0.1/locks?operationTimeout=1ms", "1ms", "PT0.2S"),
                MalformedUri.of(
                        "cassandra://127.0.0.1/locks?addressMap=node1:9042>127.0.0.1:1",
                        "addressMap",
                        "node1:9042>127.0.0.1:1",
                        "announced>reached"),
                MalformedUri.of(
                        "cassandra://127.0.0.1/locks?serialConsistency=serial&consistency=local-quorum",
                        "local-quorum",
                        "serialConsistency=serial"));
    }

    /** {@inheritDoc} Here: all views over one session, which is made when it is needed. */
    @Override
    public Hook<Supplier<FencedResource>> fencedResource() {
        return Hook.of(() -> CassandraFencedResources.over(
                session(), TestCluster.KEYSPACE, FENCED_TABLE, TestCluster.OPERATION_TIMEOUT));
    }

    private CqlSession session() {
        CqlSession open = session;
        if (open == null) {
            open = TestCluster.session(cluster().addresses());
            session = open;
            open.execute(CassandraFencedResources.schema(TestCluster.KEYSPACE, FENCED_TABLE));
        }
        return open;
    }

    @Override
    public void close() {
        try {
            if (session != null) {
                session.close();
            }
        } finally {
            super.close();
        }
    }

    /** {@inheritDoc} Here: nodes announce the addresses behind the links, so these are mapped. */
    @Override
    protected String uriOver(List<String> linkAddresses) {
        List<String> announced = cluster().addresses();
        String addressMap = IntStream.range(0, announced.size())
                .mapToObj(node -> announced.get(node) + ">" + linkAddresses.get(node))
                .collect(Collectors.joining(","));
        return TestCluster.uri(linkAddresses, expiry) + "&addressMap=" + addressMap;
    }
}
