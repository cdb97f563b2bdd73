package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CassandraClusterIT {

    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final String ROW_EVERYWHERE = "SELECT v FROM infra.kept WHERE k = 'a'";

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = Clusters.start(ClusterSpec.of(ClusterKind.CASSANDRA));
        cql(
                0,
                "CREATE KEYSPACE infra WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}",
                CqlProbe.ONE);
        cql(0, "CREATE TABLE infra.kept (k text PRIMARY KEY, v text)", CqlProbe.ONE);
        cluster.awaitHealthy(LIMIT);
        cql(0, "INSERT INTO infra.kept (k, v) VALUES ('a', 'yes')", CqlProbe.ALL);
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
    void threeNodesFormOneRing() {
        assertThat(cluster.nodes()).hasSize(3).allMatch(node -> node.state() == NodeState.RUNNING);
        assertThat(cluster.version()).matches("\\d+\\.\\d+\\.\\d+");
        for (int index = 0; index < 3; index++) {
            assertThat(cql(index, "SELECT peer FROM system.peers_v2", CqlProbe.ONE))
                    .hasSize(2);
        }
    }

    @Test
    void whatWasWrittenSurvivesTheDeathOfAllNodes() {
        cluster.nodes().forEach(ServerNode::kill);
        cluster.heal();

        assertThat(cql(1, ROW_EVERYWHERE, CqlProbe.ALL)).isEqualTo(List.of(List.of("yes")));
    }

    @Test
    void aPausedNodeIsMissedByTheOthersAndComesBack() {
        ServerNode node = cluster.nodes().get(2);

        node.pause();
        assertThat(node.state()).isEqualTo(NodeState.PAUSED);
        assertThatExceptionOfType(java.io.UncheckedIOException.class)
                .isThrownBy(() -> cql(0, ROW_EVERYWHERE, CqlProbe.ALL));
        assertThatIllegalStateException()
                .isThrownBy(() -> cluster.awaitHealthy(LIMIT))
                .withMessageContaining("cassandra-3")
                .withMessageContaining("PAUSED");
        cluster.heal();

        assertThat(cql(0, ROW_EVERYWHERE, CqlProbe.ALL)).isEqualTo(List.of(List.of("yes")));
    }

    @Test
    void aNodeRestartedEmptyIsAMemberThatForgot() {
        cluster.nodes().get(1).restartEmpty();
        cluster.awaitHealthy(LIMIT);

        assertThat(cql(1, "SELECT peer FROM system.peers_v2", CqlProbe.ONE)).hasSize(2);
        assertThat(cluster.nodes().get(1).state()).isEqualTo(NodeState.RUNNING);
        cluster.nodes().get(1).restart();
        cluster.awaitHealthy(LIMIT);

        assertThat(cql(1, ROW_EVERYWHERE, CqlProbe.ALL)).isEqualTo(List.of(List.of("yes")));
    }

    @Test
    void aPasswordIsAskedFor() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.CASSANDRA).withNodes(1).withPassword("cassandra");
        try (Cluster locked = Clusters.start(spec)) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> CqlProbe.open(locked.nodes().get(0).address(), "cassandra", Optional.of("wrong"))
                            .close())
                    .withMessageContaining("cassandra");
        }
    }

    private static List<List<String>> cql(int index, String query, int consistency) {
        return TestServers.cassandra(cluster, index, query, consistency);
    }
}
