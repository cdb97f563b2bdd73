package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What real servers do with a slow disk. */
class SlowDiskIT {

    private static final Duration DELAY = Duration.ofSeconds(6);

    /** Where a server syncs several times in a row, or has limits of its own. */
    private static final Duration SHORT_DELAY = Duration.ofSeconds(2);

    @BeforeEach
    void onlyWhereThisMachineCan() {
        Optional<String> reason = SlowDisk.unavailable();
        assumeTrue(reason.isEmpty(), () -> reason.orElse("?"));
    }

    @Test
    void aRedisServerAnswersAWriteWhenItsDiskHas() {
        try (Cluster cluster = Clusters.start(ClusterSpec.of(ClusterKind.REDIS).withNodes(2))) {
            ServerNode slow = cluster.nodes().get(0);
            ServerNode other = cluster.nodes().get(1);
            try (SlowDisk disk = SlowDisk.of(slow, DELAY)) {
                assertThat(timeOf(() ->
                                assertThat(TestServers.redis(slow, "SET a 1")).isEqualTo("+OK")))
                        .isGreaterThanOrEqualTo(DELAY);
                assertThat(disk.delayedCalls()).isPositive();
                assertThat(timeOf(() -> TestServers.redis(other, "SET a 1"))).isLessThan(DELAY);
                assertThatIllegalStateException()
                        .isThrownBy(() -> SlowDisk.of(slow, DELAY))
                        .withMessageContaining("slow already");
            }
            assertThat(timeOf(() -> TestServers.redis(slow, "SET a 2"))).isLessThan(DELAY);

            SlowDisk disk = SlowDisk.of(slow, DELAY);
            assertThat(disk.delayedCalls()).isZero();
            slow.pause();
            assertThat(slow.state()).isEqualTo(NodeState.PAUSED);
            cluster.heal();

            assertThat(timeOf(() -> TestServers.redis(slow, "SET a 3"))).isLessThan(DELAY);
            assertThat(slow.state()).isEqualTo(NodeState.RUNNING);
            SlowDisk.of(slow, DELAY);
            slow.restart();
            assertThat(TestServers.redis(slow, "GET a")).isEqualTo("3");
            assertThat(timeOf(() -> TestServers.redis(slow, "SET a 4"))).isLessThan(DELAY);
            slow.kill();
            assertThatIllegalStateException()
                    .isThrownBy(() -> SlowDisk.of(slow, DELAY))
                    .withMessageContaining("redis-1");
        }
    }

    @Test
    void aSingleZooKeeperServerAnswersAWriteWhenItsDiskHas() {
        try (Cluster cluster =
                Clusters.start(ClusterSpec.of(ClusterKind.ZOOKEEPER).withNodes(1))) {
            ServerNode node = cluster.nodes().get(0);
            try (SlowDisk disk = SlowDisk.of(node, SHORT_DELAY)) {
                assertThat(timeOf(() -> TestServers.createZnode(node, "/slow", "")))
                        .isGreaterThanOrEqualTo(SHORT_DELAY);
                assertThat(disk.delayedCalls()).isPositive();
            }
            cluster.awaitHealthy(Duration.ofMinutes(1));
        }
    }

    @Test
    void aCassandraNodeAnswersAWriteWhenItsDiskHas() {
        try (Cluster cluster =
                Clusters.start(ClusterSpec.of(ClusterKind.CASSANDRA).withNodes(1))) {
            TestServers.cassandra(
                    cluster,
                    0,
                    "CREATE KEYSPACE disks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
                    CqlProbe.ONE);
            TestServers.cassandra(cluster, 0, "CREATE TABLE disks.t (name text PRIMARY KEY, v text)", CqlProbe.ONE);
            try (SlowDisk disk = SlowDisk.of(cluster.nodes().get(0), SHORT_DELAY)) {
                // the server's own limit for a write is as long as the delay, so it may also give up
                assertThat(timeOf(() -> {
                            try {
                                TestServers.cassandra(
                                        cluster, 0, "INSERT INTO disks.t (name, v) VALUES ('a', 'b')", CqlProbe.ONE);
                            } catch (RuntimeException e) {
                                assertThat(e).hasMessageContaining("timed out");
                            }
                        }))
                        .isGreaterThanOrEqualTo(SHORT_DELAY.minusMillis(200));
                assertThat(disk.delayedCalls()).isPositive();
            }
            cluster.awaitHealthy(Duration.ofMinutes(2));
            assertThat(timeOf(() -> TestServers.cassandra(
                            cluster, 0, "INSERT INTO disks.t (name, v) VALUES ('a', 'c')", CqlProbe.ONE)))
                    .isLessThan(DELAY);
        }
    }

    private static Duration timeOf(Runnable action) {
        long begin = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
