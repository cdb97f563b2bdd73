package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
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
    void theCommandLineIsParsed() {
        List<ClusterSpec> specs =
                ClusterMain.parse(List.of("up", "redis", "zookeeper", "--nodes=1", "--benchmark", "--unsafe"));

        assertThat(specs).extracting(ClusterSpec::kind).containsExactly(ClusterKind.REDIS, ClusterKind.ZOOKEEPER);
        assertThat(specs).allMatch(spec -> spec.nodes() == 1);
        assertThat(specs).allMatch(spec -> spec.profile() == PerformanceProfile.BENCHMARK);
        assertThat(specs).allMatch(spec -> spec.durability() == Durability.UNSAFE);
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
