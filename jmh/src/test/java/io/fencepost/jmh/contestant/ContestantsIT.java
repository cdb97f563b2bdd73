package io.fencepost.jmh.contestant;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.Clusters;
import io.fencepost.jmh.contestant.Attempt.Contended;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every contestant on its servers: the floors, peers and experiments are measured only if they do what a lock does. */
class ContestantsIT {
    private static final Duration WAIT = Duration.ofSeconds(30);

    static Stream<String> contestants() {
        return Contestants.all().stream()
                .filter(type -> type.backend() != Backend.MEMORY)
                .map(ContestantType::id);
    }

    @ParameterizedTest
    @MethodSource("contestants")
    void excludesOneClientWhileTheOtherHolds(String id) throws Exception {
        ContestantType type = Contestants.of(id);
        Cluster cluster =
                Clusters.shared(ClusterKind.valueOf(type.backend().id().toUpperCase(Locale.ROOT)));
        String name = "it-" + UUID.randomUUID();
        List<String> addresses = cluster.addresses();
        try (Contestant opened = type.open(new Opening(addresses, 2, Duration.ofMillis(5)))) {
            Hold first = opened.tryAcquire(0, name).held();
            assertThat(opened.tryAcquire(1, name)).isInstanceOf(Contended.class);
            if (type.abilities().contains(Ability.RENEWS)) {
                assertThat(first.renew()).isTrue();
            }
            first.release();
            Hold second = type.abilities().contains(Ability.WAITS)
                    ? opened.acquire(1, name, WAIT).held()
                    : opened.tryAcquire(1, name).held();
            if (type.abilities().contains(Ability.TOKENS)) {
                assertThat(second.token().orElseThrow())
                        .isGreaterThan(first.token().orElseThrow());
            }
            second.release();
        }
    }
}
