package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ClusterSpecTest {

    @Test
    void theUsualClusters() {
        assertThat(ClusterSpec.of(ClusterKind.CASSANDRA).nodes()).isEqualTo(3);
        assertThat(ClusterSpec.of(ClusterKind.REDIS).nodes()).isEqualTo(5);
        assertThat(ClusterSpec.of(ClusterKind.ZOOKEEPER).nodes()).isEqualTo(3);
        assertThat(ClusterSpec.of(ClusterKind.REDIS).durability()).isEqualTo(Durability.SAFE);
        assertThat(ClusterSpec.of(ClusterKind.REDIS).profile()).isEqualTo(PerformanceProfile.TEST);
    }

    @Test
    void theNumberOfNodesIsBounded() {
        ClusterSpec redis = ClusterSpec.of(ClusterKind.REDIS);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> redis.withNodes(0))
                .withMessageContaining("1 to 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> redis.withNodes(10))
                .withMessageContaining("nodes = 10");
    }

    @Test
    void passwordsThatTheServerCannotHaveAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterSpec.of(ClusterKind.ZOOKEEPER).withPassword("x"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterSpec.of(ClusterKind.CASSANDRA).withPassword("x"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterSpec.of(ClusterKind.REDIS).withPassword("a \"b"));
    }

    @Test
    void theDescriptionTellsTheProfileAndHidesThePassword() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.REDIS)
                .withProfile(PerformanceProfile.BENCHMARK)
                .withDurability(Durability.UNSAFE)
                .withPassword("s3cret");

        assertThat(spec.describe()).contains("BENCHMARK", "UNSAFE", "password").doesNotContain("s3cret");
        assertThat(spec.toString()).doesNotContain("s3cret");
    }

    @Test
    void clocksMoveOnlyWhereAskedForWhateverElseIsChosen() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.REDIS);

        assertThat(spec.movableClocks()).isFalse();
        assertThat(spec.describe()).doesNotContain("clocks");
        ClusterSpec movable = spec.withMovableClocks()
                .withNodes(2)
                .withProfile(PerformanceProfile.BENCHMARK)
                .withDurability(Durability.UNSAFE)
                .withPassword("s3cret");
        assertThat(movable.movableClocks()).isTrue();
        assertThat(movable.describe()).contains("movable clocks");
    }

    @Test
    void aPlanSurvivesItsFile() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.REDIS)
                .withNodes(2)
                .withDurability(Durability.UNSAFE)
                .withPassword("s3cret")
                .withMovableClocks();
        ClusterPlan plan = new ClusterPlan(
                "name",
                spec,
                List.of(
                        new ClusterPlan.NodePlan("127.0.0.1", 1, 2, 3),
                        new ClusterPlan.NodePlan("127.0.0.2", 4, 5, 6)));
        Properties properties = new Properties();
        plan.store(properties);

        assertThat(ClusterPlan.load(properties)).isEqualTo(plan);
    }

    @Test
    void aPlanWithANetworkSurvivesItsFile() {
        ClusterPlan plan = new ClusterPlan(
                "name",
                ClusterSpec.of(ClusterKind.ZOOKEEPER).withNodes(1).withOwnNetworks(),
                List.of(new ClusterPlan.NodePlan("198.18.7.11", 2181, 2888, 3888)),
                Optional.of(new NetworkPlan("fp0a1b2c", "198.18.7")));
        Properties properties = new Properties();
        plan.store(properties);

        assertThat(ClusterPlan.load(properties)).isEqualTo(plan);
    }

    @Test
    void networksAreOwnOnlyWhereAskedFor() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.CASSANDRA);

        assertThat(spec.ownNetworks()).isFalse();
        assertThat(spec.describe()).doesNotContain("networks");
        ClusterSpec own = spec.withOwnNetworks()
                .withMovableClocks()
                .withNodes(2)
                .withProfile(PerformanceProfile.BENCHMARK)
                .withDurability(Durability.UNSAFE)
                .withPassword("cassandra");
        assertThat(own.ownNetworks()).isTrue();
        assertThat(own.movableClocks()).isTrue();
        assertThat(own.describe()).contains("own networks");
    }

    @Test
    void theCommandLineIsParsed() {
        List<ClusterSpec> specs = ClusterMain.parse(List.of(
                "up",
                "redis",
                "zookeeper",
                "--nodes=1",
                "--benchmark",
                "--unsafe",
                "--own-networks",
                "--movable-clocks"));

        assertThat(specs).extracting(ClusterSpec::kind).containsExactly(ClusterKind.REDIS, ClusterKind.ZOOKEEPER);
        assertThat(specs).allMatch(spec -> spec.nodes() == 1);
        assertThat(specs).allMatch(spec -> spec.profile() == PerformanceProfile.BENCHMARK);
        assertThat(specs).allMatch(spec -> spec.durability() == Durability.UNSAFE);
        assertThat(specs).allMatch(ClusterSpec::ownNetworks).allMatch(ClusterSpec::movableClocks);
    }

    @Test
    void aWrongCommandLineIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ClusterMain.parse(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> ClusterMain.parse(List.of("up")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterMain.parse(List.of("up", "etcd")))
                .withMessageContaining("etcd");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterMain.parse(List.of("up", "redis", "--fast")))
                .withMessageContaining("--fast");
    }
}
