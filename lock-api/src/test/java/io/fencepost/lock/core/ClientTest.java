package io.fencepost.lock.core;

import static io.fencepost.lock.core.Harness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client checks, answers and closes. */
class ClientTest {
    @RegisterExtension
    final Harness harness = new Harness();

    private final DefaultLockClient client = harness.client;
    private final ScriptedBackend backend = harness.backend;

    @Test
    void itSaysWhoItIs() {
        LockOptions options = Harness.options();
        DistributedLock lock = client.lock("a", options);

        assertThat(client.holder()).isEqualTo("me");
        assertThat(client.capabilities().provider()).isEqualTo("scripted");
        assertThat(client).hasToString("lock client me of scripted");
        assertThat(lock.name()).isEqualTo("a");
        assertThat(lock.options()).isSameAs(options);
        assertThat(lock).hasToString("lock 'a' of scripted");
    }

    @Test
    void theTtlMayBeAnythingWithinTheRangeOfTheProviderEndsIncluded() {
        client.lock("a", LockOptions.ttl(Duration.ofMillis(100)));
        client.lock("a", LockOptions.ttl(Duration.ofMinutes(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.lock("a", LockOptions.ttl(Duration.ofMillis(99))))
                .withMessageContaining("PT0.1S to PT1M");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.lock("a", LockOptions.ttl(Duration.ofMillis(60_001))))
                .withMessageContaining("PT1M0.001S");
    }

    @Test
    void inspectingAsksTheBackend() throws InterruptedException {
        LockState state = new LockState("a", "somebody", new FencingToken(3), Optional.empty(), Map.of());
        backend.inspection = () -> CompletableFuture.completedFuture(Optional.of(state));

        assertThat(harness.lock().inspect()).contains(state);
        assertThat(client.inspect("a")).contains(state);
        assertThat(done(client.inspectAsync("a"))).contains(state);
    }

    @Test
    void anInspectionThatFailsIsUnavailable() {
        IllegalStateException down = new IllegalStateException("down", new IllegalArgumentException("deeper"));
        backend.inspection = () -> CompletableFuture.failedFuture(new CompletionException(down));
        assertUnavailable(down);
        backend.inspection = () -> CompletableFuture.failedFuture(down);
        assertUnavailable(down);
        backend.inspection = () -> {
            throw down;
        };
        assertUnavailable(down);
    }

    private void assertUnavailable(Throwable cause) {
        assertThatThrownBy(() -> client.inspect("a"))
                .isInstanceOf(LockUnavailableException.class)
                .hasMessage("scripted: lock 'a' could not be inspected: down")
                .hasCause(cause);
    }

    @Test
    void anAnswerToAnInspectionIsToldOnTheCallbacksThreads() {
        harness.callbacks.keep();
        CompletableFuture<Optional<LockState>> inspected = client.inspectAsync("a");
        assertThat(inspected).isNotDone();
        harness.callbacks.run();
        assertThat(done(inspected)).isEmpty();
    }

    @Test
    void forceReleaseGivesTheBackendsAnswer() throws InterruptedException {
        assertThat(client.forceRelease("a")).isEqualTo(new ReleaseOutcome.NotHeld());
    }

    @Test
    void aClosedClientRefusesEverythingAtOnce() {
        DistributedLock lock = harness.lock();
        client.close();

        assertThatThrownBy(() -> client.lock("b", Harness.options())).isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> lock.acquireAsync(Duration.ZERO)).isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> client.inspectAsync("a")).isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> client.forceRelease("a"))
                .isInstanceOfSatisfying(
                        LockClosedException.class, e -> assertThat(e.name()).contains("a"));
        assertThat(backend.attempts).isEmpty();
    }

    @Test
    void closingEndsTimersThenTheBackendThenCallbacksAndOnlyOnce() {
        client.close();
        client.close();
        assertThat(harness.closed).containsExactly("wait timers", "lease timers", "backend", "callbacks");
    }

    @Test
    void anInterruptedCloseClosesAllTheSameWithTheInterruptKept() {
        harness.lease(Harness.options());
        Thread.currentThread().interrupt();
        client.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(backend.closed).isTrue();
        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void closingWaitsForTheReleaseOfEveryLease() throws InterruptedException {
        // one that came and went before, so that the client has seen its last queue go already
        Lease earlier = harness.lease(Harness.options());
        earlier.releaseAsync();
        backend.confirmRelease();
        harness.lease(Harness.options());
        CompletableFuture<Lease> other = client.lock("b", Harness.options()).acquireAsync();
        backend.grant();
        assertThat(other).isCompleted();
        Thread closer = new Thread(client::close);
        closer.start();
        awaitWaiting(closer, 3);
        backend.releases.get(1).answer().complete(new ReleaseOutcome.Released());
        awaitWaiting(closer, 3);
        assertThat(backend.closed).isFalse();
        backend.releases.get(2).answer().complete(new ReleaseOutcome.Released());
        closer.join(TimeUnit.SECONDS.toMillis(10));

        assertThat(backend.closed).isTrue();
    }

    private void awaitWaiting(Thread closer, int releases) {
        Awaitility.await().until(() -> {
            synchronized (backend.releases) {
                return backend.releases.size() == releases && closer.getState() == Thread.State.TIMED_WAITING;
            }
        });
    }

    @Test
    void aGrantThatComesDuringTheCloseIsReleased() {
        CompletableFuture<Lease> waiting = harness.lock().acquireAsync();
        Thread.currentThread().interrupt();
        client.close();
        assertThat(Thread.interrupted()).isTrue();
        Grant grant = backend.grant();

        assertThat(waiting).isCompletedExceptionally();
        assertThat(backend.releases)
                .singleElement()
                .satisfies(call -> assertThat(call.request()).isEqualTo(grant));
    }
}
