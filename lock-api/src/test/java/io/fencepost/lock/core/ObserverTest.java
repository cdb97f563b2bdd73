package io.fencepost.lock.core;

import static io.fencepost.lock.core.Harness.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LockObserver;
import io.fencepost.lock.LockObserver.AttemptResult;
import io.fencepost.lock.LockObserver.RenewalResult;
import io.fencepost.lock.LockObserver.WaitResult;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an observer is told of attempts, waits, renewals and ends of leases. */
class ObserverTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    final Harness harness = new Harness();

    private final ScriptedBackend backend = harness.backend;
    private final ManualTime time = harness.time;
    private final List<String> told = harness.observer.told;

    private void answer(AttemptOutcome outcome) {
        harness.lock().acquireAsync(Duration.ZERO);
        time.advance(SECOND);
        ScriptedBackend.last(backend.attempts).answer().complete(outcome);
    }

    @Test
    void everyOutcomeOfAnAttemptAndOfAWaitIsTold() {
        answer(AttemptOutcome.Contended.of(null, null));
        assertThat(told)
                .containsExactly("queue a 1", "attempted a CONTENDED PT1S", "queue a -1", "waited a CONTENDED PT1S");
        told.clear();
        answer(new AttemptOutcome.Unavailable(new IllegalStateException()));
        assertThat(told).contains("attempted a UNAVAILABLE PT1S", "waited a UNAVAILABLE PT1S");
        told.clear();
        answer(new AttemptOutcome.Indeterminate(new IllegalStateException()));
        assertThat(told).contains("attempted a INDETERMINATE PT1S", "waited a INDETERMINATE PT1S");
        told.clear();
        harness.lease(Harness.options());
        assertThat(told).contains("attempted a ACQUIRED PT0S", "waited a ACQUIRED PT0S");
    }

    @Test
    void aTryThatIsAnsweredHereIsAWaitWithoutAnAttempt() {
        harness.lease(Harness.options());
        told.clear();
        harness.lock().acquireAsync(Duration.ZERO);
        assertThat(told).containsExactly("waited a CONTENDED PT0S");
    }

    @Test
    void aDeadlineBehindAnotherCallIsAContendedWait() {
        harness.lock().acquireAsync();
        harness.lock().acquireAsync(SECOND);
        time.advance(SECOND);
        assertThat(told).containsExactly("queue a 1", "queue a 1", "queue a -1", "waited a CONTENDED PT1S");
    }

    @Test
    void renewalsAreToldWithTheirLatency() {
        Lease lease = harness.lease(Harness.options());
        told.clear();
        for (RenewOutcome outcome : List.of(
                new RenewOutcome.Renewed(Harness.TTL),
                new RenewOutcome.Indeterminate(new IllegalStateException()),
                new RenewOutcome.Lost(LossCause.NOT_OWNER))) {
            lease.renewAsync();
            time.advance(SECOND);
            ScriptedBackend.last(backend.renewals).answer().complete(outcome);
        }
        assertThat(told)
                .containsExactly(
                        "renewed a RENEWED PT1S",
                        "renewed a INDETERMINATE PT1S",
                        "renewed a LOST PT1S",
                        "lost a NOT_OWNER PT3S");
    }

    @Test
    void theEndOfALeaseIsToldOnceWithHowLongItWasHeld() {
        Lease lease = harness.lease(Harness.options());
        told.clear();
        time.advance(SECOND);
        lease.releaseAsync();
        lease.releaseAsync();
        assertThat(told).containsExactly("released a PT1S");
        backend.confirmRelease();

        harness.lease(Harness.options());
        told.clear();
        time.advance(Harness.USABLE);
        assertThat(told).containsExactly("lost a EXPIRED PT9.898S");
    }

    @Test
    void whatAnObserverThrowsStopsHere() {
        LockObserver failing = (LockObserver) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LockObserver.class}, (proxy, method, arguments) -> {
                    throw new LinkageError(method.getName());
                });
        RecordingObserver recording = new RecordingObserver();
        for (LockObserver target : List.of(failing, recording)) {
            SafeObserver safe = new SafeObserver(target);
            safe.attempted("a", AttemptResult.ACQUIRED, SECOND);
            safe.waited("a", WaitResult.ACQUIRED, SECOND);
            safe.renewed("a", RenewalResult.LOST, SECOND);
            safe.released("a", SECOND);
            safe.lost("a", LossCause.EXPIRED, SECOND);
            safe.queueChanged("a", 1);
        }
        assertThat(recording.told)
                .containsExactly(
                        "attempted a ACQUIRED PT1S",
                        "waited a ACQUIRED PT1S",
                        "renewed a LOST PT1S",
                        "released a PT1S",
                        "lost a EXPIRED PT1S",
                        "queue a 1");
    }

    @Test
    void aCancelledWaitIsToldWhenItIsOver() {
        var waiting = harness.lock().acquireAsync();
        backend.refuse();
        time.advance(Duration.ofMillis(10));
        waiting.cancel(false);
        assertThat(told).endsWith("queue a -1", "waited a CANCELLED PT0.01S");
        assertThat(done(harness.client.inspectAsync("a"))).isEmpty();
    }
}
