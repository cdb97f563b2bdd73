package io.fencepost.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.PerformanceProfile;
import io.fencepost.lock.spi.LockProvider;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TargetTest {
    @ParameterizedTest
    @EnumSource
    void everyTargetHasAProviderOnTheClassPath(Target target) {
        assertThat(ServiceLoader.load(LockProvider.class))
                .extracting(LockProvider::scheme)
                .contains(target.id());
        assertThat(Target.of(target.id())).isSameAs(target);
        assertThat(target.uri(List.of("127.0.0.1:1", "127.0.0.1:2")))
                .startsWith(target.id() + "://127.0.0.1:1,127.0.0.1:2");
        assertThat(target.rawCall()).isNotBlank();
    }

    @ParameterizedTest
    @EnumSource
    void everyTargetIsMeasuredOnServersTunedForIt(Target target) {
        assertThat(target.clusterSpec().profile()).isEqualTo(PerformanceProfile.BENCHMARK);
    }

    @Test
    void redlockRunsOnFiveMastersAndTheOthersOnThreeNodes() {
        assertThat(Target.REDLOCK.clusterSpec().kind()).isEqualTo(ClusterKind.REDIS);
        assertThat(Target.REDLOCK.clusterSpec().nodes()).isEqualTo(5);
        assertThat(Target.CASSANDRA.clusterSpec().nodes()).isEqualTo(3);
        assertThat(Target.ZOOKEEPER.clusterSpec().nodes()).isEqualTo(3);
    }

    @Test
    void anUnknownTargetListsThoseThereAre() {
        assertThatThrownBy(() -> Target.of("etcd"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'etcd' is no provider to compare; there are cassandra, redlock, zookeeper");
    }
}
