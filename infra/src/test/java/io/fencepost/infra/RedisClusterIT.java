package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisClusterIT {

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = Clusters.start(ClusterSpec.of(ClusterKind.REDIS));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void heal() {
        cluster.heal();
    }

    @Test
    void fiveMastersAnswer() {
        assertThat(cluster.nodes()).hasSize(5).allMatch(node -> node.state() == NodeState.RUNNING);
        assertThat(cluster.addresses()).hasSize(5).doesNotHaveDuplicates();
        assertThat(cluster.version()).matches("(valkey-)?\\d+\\.\\d+\\.\\d+");
        assertThat(cluster.describe()).contains("appendfsync always");
    }

    @Test
    void aKilledNodeIsRestartedWithItsDataAtTheSameAddress() {
        ServerNode node = cluster.nodes().get(1);
        assertThat(TestServers.redis(node, "SET kept yes")).isEqualTo("+OK");
        long before = node.pid();

        node.kill();
        assertThat(node.state()).isEqualTo(NodeState.DEAD);
        assertThatIllegalStateException()
                .isThrownBy(() -> cluster.awaitHealthy(Duration.ofSeconds(30)))
                .withMessageContaining("redis-2")
                .withMessageContaining("DEAD")
                .withMessageContaining("server.log");
        node.restart();

        assertThat(node.pid()).isNotEqualTo(before);
        assertThat(TestServers.redis(node, "GET kept")).isEqualTo("yes");
        cluster.awaitHealthy(Duration.ofMinutes(1));
    }

    @Test
    void aPausedNodeAcceptsAndDoesNotAnswerUntilItIsResumed() throws Exception {
        ServerNode node = cluster.nodes().get(2);

        node.pause();
        assertThat(node.state()).isEqualTo(NodeState.PAUSED);
        try (Socket socket = new Socket()) {
            socket.connect(node.address(), 5_000);
            socket.setSoTimeout(500);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.UTF_8));
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> socket.getInputStream().read());

            node.resume();
            socket.setSoTimeout(30_000);
            assertThat(socket.getInputStream().read()).isEqualTo('+');
        }
        assertThat(node.state()).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void aPausedNodeCanBeKilled() {
        ServerNode node = cluster.nodes().get(3);

        node.pause();
        node.kill();

        assertThat(node.state()).isEqualTo(NodeState.DEAD);
        assertThatIllegalStateException().isThrownBy(node::pause).withMessageContaining("redis-4");
    }

    @Test
    void restartingEmptyForgets() {
        ServerNode node = cluster.nodes().get(4);
        assertThat(TestServers.redis(node, "SET gone soon")).isEqualTo("+OK");

        node.restartEmpty();

        assertThat(TestServers.redis(node, "GET gone")).isEqualTo("$-1");
    }

    @Test
    void healingBringsBackPausedAndDeadNodes() {
        cluster.nodes().get(0).pause();
        cluster.nodes().get(1).kill();

        cluster.heal();

        assertThat(cluster.nodes()).allMatch(node -> node.state() == NodeState.RUNNING);
    }

    @Test
    void anUnsafeClusterForgetsWhenKilledAndAPasswordIsAskedFor() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.REDIS).withNodes(1).withDurability(Durability.UNSAFE);
        try (Cluster forgetful = Clusters.start(spec)) {
            ServerNode node = forgetful.nodes().get(0);
            TestServers.redis(node, "SET gone soon");
            node.restart();
            assertThat(TestServers.redis(node, "GET gone")).isEqualTo("$-1");
        }
        try (Cluster locked = Clusters.start(spec.withPassword("s3cret"))) {
            assertThat(TestServers.redis(locked.nodes().get(0), "GET any")).startsWith("-NOAUTH");
        }
    }

    @Test
    void aClosedClusterLeavesItsLogsAndNoDataAndNoProcess() {
        Cluster closed = Clusters.start(ClusterSpec.of(ClusterKind.REDIS).withNodes(2));
        closed.nodes().get(0).pause();

        closed.close();
        closed.close();

        assertThat(closed.nodes()).allMatch(node -> node.state() == NodeState.DEAD);
        assertThat(closed.nodes()).allMatch(node -> node.log().toFile().length() > 0);
        assertThat(closed.directory().resolve("node-1/data")).doesNotExist();
        assertThatIllegalStateException().isThrownBy(closed::heal).withMessageContaining("closed");
    }
}
