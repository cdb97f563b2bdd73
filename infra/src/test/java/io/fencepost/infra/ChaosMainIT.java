package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Clusters that run are broken and healed by hand. */
class ChaosMainIT {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void nodesAreKilledAndPausedAndHealed() {
        try (Cluster cluster = Clusters.start(ClusterSpec.of(ClusterKind.REDIS).withNodes(3))) {
            assertThat(TestServers.redis(cluster.nodes().get(2), "SET a b")).isEqualTo("+OK");

            assertThat(run(cluster, "kill-node", "1")).isZero();
            assertThat(run(cluster, "pause-node", "redis-2")).isZero();
            assertThat(run(cluster, "kill-node", "3", "--restart-empty")).isZero();

            assertThat(cluster.nodes())
                    .extracting(ServerNode::state)
                    .containsExactly(NodeState.DEAD, NodeState.PAUSED, NodeState.RUNNING);
            assertThat(TestServers.redis(cluster.nodes().get(2), "GET a")).isEqualTo("$-1");
            assertThat(run(cluster, "kill-node", "4")).isEqualTo(2);
            assertThat(run(cluster, "partition", "1", "2,3")).isEqualTo(1);
            assertThat(run(cluster, "partition", "1")).isEqualTo(2);
            assertThat(run(cluster, "move-clock", "1", "--offset=2m")).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .contains("NODE = 4, must be 1 to 3", "--own-networks", "two GROUPs", "withMovableClocks");

            assertThat(run(cluster, "heal")).isZero();
            assertThat(cluster.nodes()).allMatch(node -> node.state() == NodeState.RUNNING);
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("healthy");
        }
    }

    @Test
    void anUnclearClusterIsAskedFor() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.REDIS).withNodes(1);
        try (Cluster one = Clusters.start(spec);
                Cluster other = Clusters.start(spec)) {
            assertThat(run("kill-node", "1", "--cluster=redis")).isEqualTo(2);

            assertThat(err.toString(StandardCharsets.UTF_8)).contains("which cluster?", name(one), name(other));
            assertThat(one.nodes().get(0).state()).isEqualTo(NodeState.RUNNING);
        }
    }

    @Test
    void nodesAreCutAndHealed() {
        Optional<String> reason = NodeNetworks.unavailable();
        assumeTrue(reason.isEmpty(), () -> reason.orElse("?"));
        ClusterSpec spec = ClusterSpec.of(ClusterKind.ZOOKEEPER).withOwnNetworks();
        try (Cluster cluster = Clusters.start(spec)) {
            NodeNetwork network = cluster.network().orElseThrow();

            assertThat(run(cluster, "partition", "1,2", "3")).isZero();
            assertThat(run(cluster, "partition", "--one-way=1:2")).isZero();
            assertThat(run(cluster, "partition", "--clients=3")).isZero();

            await().atMost(Duration.ofMinutes(1)).until(() -> network.droppedPackets() > 0);
            assertThat(run(cluster, "heal")).isZero();
            TestServers.createZnode(cluster.nodes().get(2), "/healed", "");
            int latency = run(cluster, "latency", "1", "--delay=20ms");
            assertThat(latency).isEqualTo(NodeNetworks.netemUnavailable().isEmpty() ? 0 : 1);
            assertThat(latency == 0 || err.toString(StandardCharsets.UTF_8).contains("FaultyLinks.delay"))
                    .isTrue();
        }
    }

    @Test
    void aDiskStaysSlowBeyondTheCommandUntilTheHealing() {
        Optional<String> reason = SlowDisk.unavailable();
        assumeTrue(reason.isEmpty(), () -> reason.orElse("?"));
        try (Cluster cluster = Clusters.start(ClusterSpec.of(ClusterKind.REDIS).withNodes(1))) {
            NodeFiles files = NodeFiles.of(cluster.directory(), 0);

            assertThat(run(cluster, "slow-disk", "1", "--delay=100ms")).isZero();
            assertThat(TestServers.redis(cluster.nodes().get(0), "SET a b")).isEqualTo("+OK");
            assertThat(SlowDisk.calls(Disk.read(files.slowDiskTrace()).orElse("")))
                    .isPositive();
            assertThat(run(cluster, "heal")).isZero();

            assertThat(files.slowDisk().orElseThrow().isAlive()).isFalse();
        }
    }

    /** A folder that an older version of this code left cannot stop the search. */
    @Test
    void theFolderOfAnotherVersionIsPassedOver() {
        Path old = Checkout.find().workFolder().resolve("clusters").resolve("aaa-of-another-version");
        Disk.write(old.resolve("owner"), "1 of another boot\n");
        Disk.write(old.resolve("cluster.properties"), "name=old\n");
        Disk.write(old.resolve("version"), "0\n");
        try (Cluster cluster = Clusters.start(ClusterSpec.of(ClusterKind.REDIS).withNodes(1))) {
            assertThat(run(cluster, "heal"))
                    .as(err.toString(StandardCharsets.UTF_8))
                    .isZero();
        } finally {
            Disk.deleteTree(old);
        }
    }

    private int run(Cluster cluster, String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("--cluster=" + name(cluster));
        return run(arguments.toArray(String[]::new));
    }

    private int run(String... arguments) {
        return ChaosMain.run(
                Checkout.find(),
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static String name(Cluster cluster) {
        return String.valueOf(cluster.directory().getFileName());
    }
}
