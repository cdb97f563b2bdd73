package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The clocks of real servers, seen in what the servers themselves say of the time. */
class MovableClocksIT {

    private static final Duration HEALTH_LIMIT = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration AHEAD = Duration.ofMinutes(20);
    private static final Duration TTL = Duration.ofMinutes(15);

    /** Far less than any offset here, far more than a question takes. */
    private static final long TOLERANCE_MS = 20_000;

    @Test
    void aRedisServerTellsTheTimeThatItsClockWasMovedTo() {
        try (Cluster cluster = start(ClusterKind.REDIS, 2)) {
            ServerNode moved = cluster.nodes().get(0);
            ServerNode other = cluster.nodes().get(1);
            assertAhead(redisTime(moved), Duration.ZERO);
            assertThat(TestServers.redis(moved, "SET lease held PX " + TTL.toMillis()))
                    .isEqualTo("+OK");

            moved.moveClock(AHEAD);

            await().atMost(LIMIT)
                    .until(() -> TestServers.redis(moved, "GET lease").equals("$-1"));
            assertAhead(redisTime(moved), AHEAD);
            assertAhead(redisTime(other), Duration.ZERO);
            assertThat(moved.clockOffset()).isEqualTo(AHEAD);
            assertThat(other.clockOffset()).isZero();

            Duration behind = Duration.ofMillis(-90_500);
            moved.moveClock(behind);
            moved.restartEmpty();
            assertAhead(redisTime(moved), behind);
            assertThat(moved.clockOffset()).isEqualTo(behind);

            cluster.heal();
            assertThat(moved.clockOffset()).isZero();
            assertAhead(redisTime(moved), Duration.ZERO);
        }
    }

    @Test
    void aZooKeeperServerDatesItsZnodesByTheMovedClock() {
        try (Cluster cluster = start(ClusterKind.ZOOKEEPER, 1)) {
            ServerNode node = cluster.nodes().get(0);
            assertAhead(TestServers.creationTime(node, "/before"), Duration.ZERO);

            node.moveClock(AHEAD);
            assertAhead(TestServers.creationTime(node, "/ahead"), AHEAD);
            node.moveClock(AHEAD.negated());
            assertAhead(TestServers.creationTime(node, "/behind"), AHEAD.negated());
            cluster.heal();

            assertAhead(TestServers.creationTime(node, "/after"), Duration.ZERO);
        }
    }

    @Test
    void oneCassandraNodeOfThreeIsAheadWhileTheRingStaysWhole() {
        try (Cluster cluster = start(ClusterKind.CASSANDRA, 3)) {
            ServerNode moved = cluster.nodes().get(1);
            createLease(cluster);
            assertAhead(cassandraTime(cluster, 1), Duration.ZERO);
            assertThat(leases(cluster, 1)).hasSize(1);

            moved.moveClock(AHEAD);

            await().atMost(LIMIT).until(() -> leases(cluster, 1).isEmpty());
            assertThat(leases(cluster, 0)).hasSize(1);
            assertThat(leases(cluster, 2)).hasSize(1);
            assertAhead(cassandraTime(cluster, 0), Duration.ZERO);
            assertAhead(cassandraTime(cluster, 1), AHEAD);
            cluster.awaitHealthy(HEALTH_LIMIT);

            cluster.heal();

            // now() of a running node never goes back, but its judgement of what has expired does
            await().atMost(LIMIT).until(() -> leases(cluster, 1).size() == 1);
            moved.moveClock(AHEAD);
            moved.restart();
            assertAhead(cassandraTime(cluster, 1), AHEAD);
            cluster.awaitHealthy(HEALTH_LIMIT);
        }
    }

    @Test
    void aClusterThatWasNotAskedForItHasNoMovableClocks() {
        try (Cluster cluster = Clusters.start(ClusterSpec.of(ClusterKind.REDIS).withNodes(1))) {
            ServerNode node = cluster.nodes().get(0);

            assertThatIllegalStateException()
                    .isThrownBy(() -> node.moveClock(AHEAD))
                    .withMessageContaining("redis-1")
                    .withMessageContaining("withMovableClocks");
            assertThat(node.clockOffset()).isZero();
        }
    }

    private static Cluster start(ClusterKind kind, int nodes) {
        assumeTrue(
                MovableClocks.unavailable(kind).isEmpty(),
                () -> MovableClocks.unavailable(kind).orElse("?"));
        return Clusters.start(ClusterSpec.of(kind).withNodes(nodes).withMovableClocks());
    }

    private static void createLease(Cluster cluster) {
        TestServers.cassandra(
                cluster,
                0,
                "CREATE KEYSPACE clocks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}",
                CqlProbe.ONE);
        TestServers.cassandra(cluster, 0, "CREATE TABLE clocks.leases (name text PRIMARY KEY, v text)", CqlProbe.ONE);
        cluster.awaitHealthy(HEALTH_LIMIT);
        TestServers.cassandra(
                cluster,
                0,
                "INSERT INTO clocks.leases (name, v) VALUES ('a', 'held') USING TTL " + TTL.toSeconds(),
                CqlProbe.ALL);
    }

    private static List<List<String>> leases(Cluster cluster, int index) {
        return TestServers.cassandra(cluster, index, "SELECT v FROM clocks.leases WHERE name = 'a'", CqlProbe.ALL);
    }

    private static Instant redisTime(ServerNode node) {
        return Instant.ofEpochSecond(Long.parseLong(TestServers.redisArray(node, "TIME")));
    }

    private static Instant cassandraTime(Cluster cluster, int index) {
        String text = TestServers.cassandra(
                        cluster, index, "SELECT CAST(toUnixTimestamp(now()) AS text) FROM system.local", CqlProbe.ONE)
                .get(0)
                .get(0);
        return Instant.ofEpochMilli(Long.parseLong(text));
    }

    private static void assertAhead(Instant told, Duration offset) {
        assertThat(told).isCloseTo(Instant.now().plus(offset), within(TOLERANCE_MS, ChronoUnit.MILLIS));
    }
}
