package io.fencepost.tck.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Durability;
import io.fencepost.tck.ProviderFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

class DockerClustersTest {
    @Test
    void withoutAnEngineTheKitIsToldWhy() {
        try (ProviderFixture fixture = DockerClusters.fixture(
                Optional.of("no engine today"), "redlock-docker", () -> fail("a cluster was started"))) {
            assertThat(fixture.name()).isEqualTo("redlock-docker");
            assertThatThrownBy(fixture::client)
                    .isInstanceOf(TestAbortedException.class)
                    .hasMessage("no engine today");
            assertThatThrownBy(() -> fixture.backend("somebody")).isInstanceOf(TestAbortedException.class);
        }
    }

    @Test
    void whatContainersCannotDoIsRefused() {
        ClusterSpec redis = ClusterSpec.of(ClusterKind.REDIS);
        List<ClusterSpec> impossible = List.of(
                redis.withMovableClocks(),
                redis.withOwnNetworks(),
                redis.withPassword("s3cret"),
                redis.withDurability(Durability.UNSAFE));
        assertThat(impossible)
                .allSatisfy(spec -> assertThatThrownBy(() -> DockerClusters.start(spec))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(spec.describe()));
    }

    @ParameterizedTest
    @EnumSource(ClusterKind.class)
    void theImagesAreThoseOfTheComposeFile(ClusterKind kind) throws IOException {
        String line = kind.name().toUpperCase(Locale.ROOT) + "_IMAGE="
                + ServerImage.of(kind).defaultName();
        assertThat(Files.readAllLines(Path.of("../../infra/.env"), UTF_8)).contains(line);
    }

    @Test
    void theNodesOfARingSayWhereTheyAreReached() {
        Placement placement = Places.choose("cassandra", 3);
        ServerImage image = ServerImage.of(ClusterKind.CASSANDRA);
        for (int index = 0; index < placement.size(); index++) {
            int port = placement.ports().get(index);
            assertThat(image.clientPort(placement, index)).isEqualTo(port);
            assertThat(image.files(placement, index))
                    .hasValueSatisfying(new Condition<>(
                            yaml -> yaml.contains("native_transport_port: " + port + "\n")
                                    && yaml.contains("broadcast_rpc_address: 127.0.0.1\n"),
                            "announces loopback and the published port"));
        }
        assertThat(placement.ports()).doesNotHaveDuplicates().allMatch(port -> port < 32_768);
    }

    @Test
    void aMemberOfAnEnsembleKnowsAllOthers() {
        Placement placement = Places.choose("zookeeper", 3);
        assertThat(ServerImage.of(ClusterKind.ZOOKEEPER).environment(placement, 1))
                .containsEntry("ZOO_MY_ID", "2")
                .containsEntry(
                        "ZOO_SERVERS",
                        "server.1=%s:2888:3888;2181 server.2=%s:2888:3888;2181 server.3=%s:2888:3888;2181"
                                .formatted(placement.hosts().toArray()));
    }
}
