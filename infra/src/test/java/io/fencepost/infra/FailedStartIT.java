package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedStartIT {

    private static final String HOST = "127.0.0.1";

    @TempDir
    private Path folder;

    @Test
    void aTakenPortFailsTheStartWithTheServersOwnWordsAndLeavesNothing() throws Exception {
        List<Integer> ports = Ports.free(2, List.of(HOST));
        ClusterPlan plan = new ClusterPlan(
                "taken",
                ClusterSpec.of(ClusterKind.REDIS).withNodes(2),
                ports.stream()
                        .map(port -> new ClusterPlan.NodePlan(HOST, port, 0, 0))
                        .toList());
        try (ServerSocket holder = new ServerSocket()) {
            holder.bind(new InetSocketAddress(Ports.literal(HOST), ports.get(1)));

            assertThatIllegalStateException()
                    .isThrownBy(
                            () -> LocalCluster.start(Checkout.find(), folder, plan, ProcessIdentity.ofThisProcess()))
                    .withMessageContaining("redis-2")
                    .withMessageContaining("Address already in use");
        }
        assertNothingRuns(folder);
    }

    @Test
    void aServerThatRefusesToStartIsQuotedAndLeavesNothing() throws Exception {
        Path script = folder.resolve("java");
        Files.writeString(script, "#!/bin/sh\necho 'I will not start'\nexit 3\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        System.setProperty(CassandraJava.PROPERTY, script.toString());
        try {
            assertThatIllegalStateException()
                    .isThrownBy(() -> Clusters.start(ClusterSpec.of(ClusterKind.CASSANDRA)))
                    .withMessageContaining("cassandra-1")
                    .withMessageContaining("I will not start");
        } finally {
            System.clearProperty(CassandraJava.PROPERTY);
        }
        Path clusters = Checkout.find().workFolder().resolve("clusters");
        String ours = "cassandra-" + ProcessHandle.current().pid() + "-";
        assertThat(Disk.children(clusters, ours)).isNotEmpty().allSatisfy(FailedStartIT::assertNothingRuns);
    }

    private static void assertNothingRuns(Path cluster) {
        assertThat(WardenClient.process(cluster).orElseThrow().isAlive()).isFalse();
        assertThat(NodeFiles.all(cluster))
                .isNotEmpty()
                .allMatch(
                        node -> node.process().filter(ProcessIdentity::isAlive).isEmpty());
    }
}
