package io.fencepost.jmh.contestant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.jmh.contestant.Attempt.Acquired;
import io.fencepost.jmh.contestant.Attempt.Contended;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContestantsTest {
    private static final Opening IN_PROCESS = new Opening(List.of(), 2, Duration.ofMillis(5));

    @Test
    void eachSaysWhatItGuaranteesAndWhichVersionItIs() {
        assertThat(Contestants.all()).allSatisfy(type -> {
            assertThat(type.guarantee()).as(type.id()).isNotBlank();
            assertThat(type.version()).as(type.id()).isNotBlank().doesNotContain("unknown");
        });
    }

    @Test
    void everyBackendHasOursAndAFloor() {
        for (Backend backend : Backend.values()) {
            assertThat(Contestants.all())
                    .filteredOn(type -> type.backend() == backend)
                    .extracting(ContestantType::role)
                    .contains(Role.OURS, Role.FLOOR);
        }
    }

    @Test
    void anUnknownOneListsThoseThereAre() {
        assertThatThrownBy(() -> Contestants.of("etcd"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "'etcd' is no contestant; there are cassandra, redlock, zookeeper, zookeeper-fair");
    }

    @Test
    void memoryExcludesClientsWithGrowingTokens() throws Exception {
        try (Contestant memory = Contestants.of("memory").open(IN_PROCESS)) {
            Hold first = memory.acquire(0, "a", Duration.ofSeconds(10)).held();
            assertThat(memory.tryAcquire(1, "a")).isInstanceOf(Contended.class);
            assertThat(first.renew()).isTrue();
            first.release();
            Hold second = memory.tryAcquire(1, "a").held();
            assertThat(second.token().orElseThrow()).isGreaterThan(first.token().orElseThrow());
            second.release();
        }
    }

    @Test
    void aReentrantLockHasNoClients() throws Exception {
        ContestantType type = Contestants.of("reentrant-lock");
        assertThatThrownBy(() -> type.open(IN_PROCESS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a ReentrantLock has no clients, so clients is 1, not 2");
        try (Contestant lock = type.open(new Opening(List.of(), 1, Duration.ZERO))) {
            assertThat(lock.tryAcquire(0, "a")).isInstanceOf(Acquired.class);
        }
    }
}
