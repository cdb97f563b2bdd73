package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ZooKeeperClusterIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = Clusters.start(ClusterSpec.of(ClusterKind.ZOOKEEPER));
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
    void threeServersFormOneEnsemble() {
        assertThat(cluster.nodes()).hasSize(3).allMatch(node -> node.state() == NodeState.RUNNING);
        assertThat(cluster.version()).matches("\\d+\\.\\d+\\.\\d+");
    }

    @Test
    void whatWasWrittenSurvivesTheDeathOfAllServers() {
        TestServers.createZnode(cluster.nodes().get(0), "/kept", "yes");

        cluster.nodes().forEach(ServerNode::kill);
        cluster.nodes().forEach(ServerNode::restart);
        cluster.awaitHealthy(LIMIT);

        assertThat(TestServers.readZnode(cluster.nodes().get(2), "/kept")).isEqualTo("yes");
    }

    @Test
    void aServerRestartedEmptyLearnsFromTheOthers() {
        TestServers.createZnode(cluster.nodes().get(0), "/learned", "again");

        cluster.nodes().get(0).restartEmpty();
        cluster.awaitHealthy(LIMIT);

        assertThat(TestServers.readZnode(cluster.nodes().get(0), "/learned")).isEqualTo("again");
    }

    @Test
    void aServerIsPausedAndResumed() {
        ServerNode node = cluster.nodes().get(1);

        node.pause();
        assertThat(node.state()).isEqualTo(NodeState.PAUSED);
        node.resume();

        assertThat(node.state()).isEqualTo(NodeState.RUNNING);
        cluster.awaitHealthy(LIMIT);
    }

    @Test
    void aSingleServerStandsAlone() {
        try (Cluster single =
                Clusters.start(ClusterSpec.of(ClusterKind.ZOOKEEPER).withNodes(1))) {
            single.awaitHealthy(LIMIT);
            assertThat(single.addresses()).hasSize(1);
        }
    }
}
