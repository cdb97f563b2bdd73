package io.fencepost.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fencepost.lock.memory.MemorySpace;
import io.fencepost.lock.spi.LockBackend;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LockClientsTest {
    @Test
    void anUnknownSchemeListsWhatThereIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockClients.open("etcd://h:1"))
                .withMessageStartingWith("no lock provider for 'etcd:'")
                .withMessageContaining("memory:");
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockClients.open("memory:?ttl=1"))
                .withMessageContaining("'ttl'");
    }

    @Test
    void aBackendMadeByHandTakesNoOptions() {
        LockBackend backend = new MemorySpace(TimeSource.SYSTEM).connect();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockClients.builder(backend).option("x", "1").open())
                .withMessageContaining("x");
    }

    @Test
    void aBackendMadeByHandIsUsed() throws InterruptedException {
        MemorySpace space = new MemorySpace(TimeSource.SYSTEM);
        LockOptions options = LockOptions.ttl(Duration.ofMinutes(1));
        try (LockClient a = LockClients.builder(space.connect()).open();
                LockClient b = LockClients.builder(space.connect()).open()) {
            assertThat(a.lock("x", options).tryAcquire()).isPresent();
            assertThat(b.lock("x", options).tryAcquire()).isEmpty();
        }
    }

    @Test
    void clientsOfOneSpaceShareItsLocks() throws InterruptedException {
        try (LockClient a = LockClients.builder("memory:shared").holder("a").open();
                LockClient b = LockClients.open("memory:shared");
                LockClient other = LockClients.open("memory:other")) {
            LockOptions options = LockOptions.ttl(Duration.ofMinutes(1)).withPurpose("test");
            try (Lease lease = a.lock("x", options).acquire()) {
                assertThat(b.lock("x", options).tryAcquire()).isEmpty();
                assertThat(other.lock("x", options).tryAcquire()).isPresent();
                assertThat(b.inspect("x")).hasValueSatisfying(state -> {
                    assertThat(state.holder()).isEqualTo("a");
                    assertThat(state.token()).isEqualTo(lease.token());
                    assertThat(state.metadata())
                            .containsEntry("purpose", "test")
                            .containsKeys("host", "pid");
                });
            }
            assertThat(b.inspect("x")).isEmpty();
        }
    }

    @Test
    void aHolderIsGivenOrMadeOfHostProcessAndARandomPart() throws Exception {
        String host = InetAddress.getLocalHost().getHostName();
        try (LockClient given = LockClients.builder("memory:").holder("me").open();
                LockClient made = LockClients.open("memory:holders");
                LockClient other = LockClients.open("memory:holders")) {
            assertThat(given.holder()).isEqualTo("me");
            assertThat(made.holder())
                    .matches(Pattern.quote(host) + "-" + ProcessHandle.current().pid() + "-[0-9a-f]{8}")
                    .isNotEqualTo(other.holder());
            try (Lease lease =
                    made.lock("x", LockOptions.ttl(Duration.ofMinutes(1))).acquire()) {
                assertThat(lease.isValid()).isTrue();
                assertThat(other.inspect("x"))
                        .hasValueSatisfying(
                                state -> assertThat(state.metadata()).containsEntry("host", host));
            }
        }
    }

    @Test
    void anObserverThatThrowsHarmsNobody() throws InterruptedException {
        LockObserver failing = new LockObserver() {
            @Override
            public void attempted(String lock, AttemptResult result, Duration latency) {
                throw new IllegalStateException("observer");
            }
        };
        try (LockClient client =
                LockClients.builder("memory:observed").observer(failing).open()) {
            assertThat(client.lock("x", LockOptions.ttl(Duration.ofMinutes(1))).tryAcquire(Duration.ofSeconds(5)))
                    .isPresent();
        }
    }

    @Test
    void namesAndOptionsAreCheckedBeforeAnything() {
        try (LockClient client = LockClients.open("memory:")) {
            LockOptions options = LockOptions.ttl(Duration.ofSeconds(1));
            client.lock("é".repeat(256), options);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.lock("é".repeat(256) + "x", options))
                    .withMessageContaining("513 bytes");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.lock("", options))
                    .withMessageContaining("1 to 512");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.lock("\ud800", options))
                    .withMessageContaining("surrogate");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.lock("a", LockOptions.ttl(Duration.ofDays(366))))
                    .withMessageContaining("PT8784H");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> LockOptions.ttl(Duration.ZERO))
                    .withMessageContaining("PT0S");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> options.withPurpose("x".repeat(2048)))
                    .withMessageContaining("2055");
        }
    }

    @Test
    void aTokenIsPositiveAndOrdered() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FencingToken(0));
        FencingToken one = new FencingToken(1);
        FencingToken two = new FencingToken(2);
        assertThat(one).isLessThan(two);
        assertThat(one.isStaleAfter(two)).isTrue();
        assertThat(two.isStaleAfter(two)).isFalse();
        assertThat(two).hasToString("2");
    }

    @Test
    void theBackoffGrowsToItsCapWithFullJitter() {
        Backoff backoff = Backoff.exponential(Duration.ofMillis(5), Duration.ofMillis(250));
        Random random = new Random(7);
        for (int failures : new int[] {1, 2, 6, 7, 100, Integer.MAX_VALUE}) {
            long ceiling = Math.min(250, failures > 10 ? 250 : 5L << (failures - 1));
            long most = 0;
            for (int i = 0; i < 1_000; i++) {
                Duration delay = backoff.delay(failures, random);
                assertThat(delay).isBetween(Duration.ZERO, Duration.ofMillis(ceiling));
                most = Math.max(most, delay.toMillis());
            }
            assertThat(most).as("after %d failures", failures).isGreaterThanOrEqualTo(ceiling * 9 / 10);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.exponential(Duration.ZERO, Duration.ofMillis(1)))
                .withMessageContaining("PT0S");
    }
}
