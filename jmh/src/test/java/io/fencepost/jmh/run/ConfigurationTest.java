package io.fencepost.jmh.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.jmh.Arena;
import io.fencepost.jmh.contestant.Backend;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.annotations.Benchmark;

class ConfigurationTest {
    private static final Configuration CONTENDED = Configuration.of(BenchmarkId.CONTENDED_CYCLE, "redlock", 4, 32);

    @Test
    void filesAreNamedByPlaceBenchmarkContestantAndSize() {
        assertThat(CONTENDED.fileName(7)).isEqualTo("007-Contended.cycle-redlock-4x32");
        assertThat(CONTENDED.withStoppedNode().fileName(112)).isEqualTo("112-Contended.cycle-redlock-4x32-stopped1");
    }

    @Test
    void isWrittenAsJson() {
        assertThat(CONTENDED.with("pollMillis", 5).json())
                .hasToString(
                        "{\"backend\":\"redis\",\"benchmark\":\"Contended.cycle\",\"contestant\":\"redlock\",\"clients\":4,"
                                + "\"threads\":32,\"params\":{\"pollMillis\":\"5\"},\"stoppedNodes\":0}");
    }

    @ParameterizedTest
    @EnumSource
    void everyBenchmarkIsOneOfJmh(BenchmarkId benchmark) throws ClassNotFoundException {
        String[] parts = benchmark.id().split("\\.", -1);
        Class<?> type = Class.forName(Arena.class.getPackageName() + "." + parts[0]);
        assertThat(Arrays.stream(type.getMethods()).filter(method -> method.isAnnotationPresent(Benchmark.class)))
                .extracting(Method::getName)
                .contains(parts[1]);
        assertThat(BenchmarkId.of(benchmark.id())).isSameAs(benchmark);
    }

    @Test
    void whatAContestantCannotDoIsNotRunWithTheReason() {
        assertThat(Configuration.of(BenchmarkId.CONTENDED_CYCLE, "cassandra-raw", 1, 2)
                        .notRun())
                .contains("cassandra-raw: it cannot wait for a holder");
        assertThat(Configuration.of(BenchmarkId.RENEWAL, "curator-mutex", 1, 1).notRun())
                .contains("curator-mutex: it cannot renew");
        assertThat(Configuration.of(BenchmarkId.HANDOFF, "redlock", 1, 1).notRun())
                .contains("Handoff.pass needs 2 clients");
        assertThat(CONTENDED.notRun()).isEmpty();
    }

    @Test
    void wrongValuesAreRefused() {
        assertThatThrownBy(() -> Configuration.of(BenchmarkId.RENEWAL, "etcd", 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'etcd' is no contestant; there are cassandra, redlock, zookeeper");
        assertThatThrownBy(() -> new Configuration(Backend.REDIS, "Renewal.renew", "cassandra", 1, 1, Map.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cassandra runs on cassandra, not on redis");
        assertThatThrownBy(() -> BenchmarkId.of("Contended.try"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'Contended.try' is no benchmark; there are Uncontended.acquire");
        assertThatThrownBy(() -> Configuration.of(BenchmarkId.UNCONTENDED_CYCLE, "memory", 1, 1)
                        .withStoppedNode())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("stoppedNodes = 1 on memory, must be 0, or 1 where there are nodes");
    }
}
