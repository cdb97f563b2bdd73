package io.fencepost.lock.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The reference backend, on a clock that the test moves. */
class MemoryBackendTest {
    private static final Duration TTL = Duration.ofSeconds(10);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final MemorySpace space = new MemorySpace(clock::get);
    private final LockBackend a = space.connect();
    private final LockBackend b = space.connect();

    private static AttemptOutcome attempt(LockBackend backend, String name, String holder) {
        return backend.attempt(new AttemptRequest(name, UUID.randomUUID(), TTL, holder, Map.of("k", "v"), false))
                .toCompletableFuture()
                .join();
    }

    private static Grant acquire(LockBackend backend, String holder) {
        return ((AttemptOutcome.Acquired) attempt(backend, "n", holder)).grant();
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void grantsOnceUntilReleasedWithGreaterTokens() {
        Grant first = acquire(a, "a");
        assertThat(attempt(b, "n", "b")).isEqualTo(AttemptOutcome.Contended.of(TTL, "a"));
        assertThat(attempt(b, "N", "b")).isInstanceOf(AttemptOutcome.Acquired.class);
        assertThat(a.release(first).toCompletableFuture().join()).isEqualTo(new ReleaseOutcome.Released());
        assertThat(a.release(first).toCompletableFuture().join()).isEqualTo(new ReleaseOutcome.NotHeld());

        assertThat(acquire(b, "b").token()).isGreaterThan(first.token());
    }

    @Test
    void expiresAtTheTtlAcrossTheOverflowOfTheClock() {
        Grant first = acquire(a, "a");
        pass(TTL.minusNanos(1));
        assertThat(attempt(b, "n", "b")).isInstanceOf(AttemptOutcome.Contended.class);
        pass(Duration.ofNanos(1));
        Grant second = acquire(b, "b");

        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(a.renew(first, TTL).toCompletableFuture().join())
                .isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        assertThat(a.release(first).toCompletableFuture().join()).isEqualTo(new ReleaseOutcome.NotHeld());
        assertThat(b.renew(second, TTL).toCompletableFuture().join()).isEqualTo(new RenewOutcome.Renewed(TTL));
    }

    @Test
    void renewsFromNowAndRevivesNothing() {
        Grant grant = acquire(a, "a");
        pass(TTL.dividedBy(2));
        assertThat(a.renew(grant, TTL).toCompletableFuture().join()).isEqualTo(new RenewOutcome.Renewed(TTL));
        pass(TTL.minusNanos(1));
        assertThat(attempt(b, "n", "b")).isInstanceOf(AttemptOutcome.Contended.class);
        pass(Duration.ofNanos(1));
        assertThat(a.renew(grant, TTL).toCompletableFuture().join())
                .isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        assertThat(attempt(b, "n", "b")).isInstanceOf(AttemptOutcome.Acquired.class);
    }

    @Test
    void showsTheHolderAndFreesByForce() {
        Grant grant = acquire(a, "a");
        assertThat(b.inspect("n").toCompletableFuture().join()).hasValueSatisfying(state -> {
            assertThat(state.holder()).isEqualTo("a");
            assertThat(state.token()).isEqualTo(grant.token());
            assertThat(state.remaining()).contains(TTL);
            assertThat(state.metadata()).containsEntry("k", "v");
        });
        assertThat(b.forceRelease("n").toCompletableFuture().join()).isEqualTo(new ReleaseOutcome.Released());
        assertThat(b.forceRelease("n").toCompletableFuture().join()).isEqualTo(new ReleaseOutcome.NotHeld());
        assertThat(b.inspect("n").toCompletableFuture().join()).isEqualTo(Optional.empty());
        assertThat(acquire(b, "b").token()).isGreaterThan(grant.token());
    }

    @Test
    void wakesWaitersOfThatLockUntilTheyLeave() {
        Grant grant = acquire(a, "a");
        AtomicInteger wakeUps = new AtomicInteger();
        Subscription subscription = b.onReleased("n", wakeUps::incrementAndGet);
        assertThat(wakeUps).hasValue(0);
        a.release(grant);
        assertThat(wakeUps).hasValue(1);
        b.onReleased("n", wakeUps::incrementAndGet).close();
        assertThat(wakeUps).as("a lock that is free already").hasValue(2);
        subscription.close();
        a.release(acquire(a, "a"));
        assertThat(wakeUps).hasValue(2);
    }

    private static HandoffOutcome handOff(LockBackend backend, Grant grant, UUID successor) {
        return backend.handOff(grant, new AttemptRequest("n", successor, TTL, "next", Map.of(), false))
                .toCompletableFuture()
                .join();
    }

    @Test
    void handsOffFromTheHolderAlone() {
        Grant first = acquire(a, "a");
        UUID successor = UUID.randomUUID();
        HandoffOutcome handoff = handOff(a, first, successor);
        Grant second = ((AttemptOutcome.Acquired) handoff.attempted()).grant();

        assertThat(handoff.released()).isEqualTo(new ReleaseOutcome.Released());
        assertThat(second.attemptId()).isEqualTo(successor);
        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(a.renew(first, TTL).toCompletableFuture().join())
                .isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));

        assertThat(handOff(a, first, UUID.randomUUID()))
                .isEqualTo(new HandoffOutcome(new ReleaseOutcome.NotHeld(), AttemptOutcome.Contended.of(TTL, "next")));
        pass(TTL);
        HandoffOutcome late = handOff(b, second, UUID.randomUUID());
        assertThat(late.released()).as("it had expired").isEqualTo(new ReleaseOutcome.NotHeld());
        assertThat(late.attempted()).isInstanceOf(AttemptOutcome.Acquired.class);
    }
}
