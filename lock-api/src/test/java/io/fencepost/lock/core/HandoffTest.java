package io.fencepost.lock.core;

import static io.fencepost.lock.core.Harness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.RenewalPolicy;
import io.fencepost.lock.spi.AttemptOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cohort handoff: a release with a call behind it takes one round, and gives both of them what they would have had by two. */
class HandoffTest {
    @RegisterExtension
    final Harness harness = new Harness(ScriptedBackend.capabilities(true, true));

    private final ScriptedBackend backend = harness.backend;

    private CompletableFuture<Lease> waiting() {
        return harness.lock().acquireAsync();
    }

    private CompletableFuture<AcquireOutcome> waiting(Duration wait) {
        return harness.lock().acquireAsync(wait);
    }

    private static Throwable silence() {
        return new IllegalStateException("no answer");
    }

    @Test
    void aReleaseWithACallBehindItIsOneRound() {
        Lease first = harness.lease(Harness.options());
        CompletableFuture<Lease> next = waiting();
        CompletableFuture<ReleaseOutcome> release = first.releaseAsync();

        assertThat(backend.handoffs).hasSize(1);
        assertThat(backend.releases).isEmpty();
        assertThat(backend.attempts).hasSize(1);
        ScriptedBackend.Handoff handoff = backend.handoffs.get(0).request();
        assertThat(handoff.grant().token()).isEqualTo(first.token());
        assertThat(handoff.request().attemptId())
                .isNotEqualTo(backend.attempts.get(0).request().attemptId());
        assertThat(release).isNotDone();
        assertThat(next).isNotDone();

        backend.grantHandoff();
        assertThat(done(release)).isEqualTo(new ReleaseOutcome.Released());
        assertThat(first.state()).isEqualTo(LeaseState.RELEASED);
        assertThat(done(next).token()).isGreaterThan(first.token());
        assertThat(done(next).state()).isEqualTo(LeaseState.HELD);
        assertThat(harness.observer.told).contains("handed off a");
        assertThat(done(first.releaseAsync())).isEqualTo(new ReleaseOutcome.NotHeld());
        assertThat(backend.releases).isEmpty();
    }

    @Test
    void withoutACallBehindItOrTheCapabilityAReleaseIsARelease() {
        Lease alone = harness.lease(Harness.options());
        alone.releaseAsync();
        assertThat(backend.releases).hasSize(1);
        backend.confirmRelease();

        Harness without = new Harness();
        Lease lease = without.lease(Harness.options());
        without.lock().acquireAsync();
        lease.releaseAsync();
        assertThat(without.backend.handoffs).isEmpty();
        assertThat(without.backend.releases).hasSize(1);
    }

    @Test
    void validityOfTheSuccessorCountsFromBeforeTheHandoffWasSent() {
        Lease first = harness.lease(Harness.options());
        CompletableFuture<Lease> next = waiting();
        first.releaseAsync();
        harness.time.advance(Duration.ofSeconds(4));
        backend.grantHandoff();

        assertThat(done(next).remainingValidity()).isEqualTo(Harness.USABLE.minusSeconds(4));
    }

    @Test
    void anAnswerThatUsedUpTheValidityIsGivenBack() {
        Lease first = harness.lease(Harness.options());
        CompletableFuture<Lease> next = waiting();
        CompletableFuture<ReleaseOutcome> release = first.releaseAsync();
        harness.time.advance(Harness.TTL);
        backend.grantHandoff();

        assertThat(done(release)).isEqualTo(new ReleaseOutcome.Released());
        assertThat(next).isNotDone();
        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void aRefusedSuccessorGoesOnWaiting() {
        Lease first = harness.lease(Harness.options());
        CompletableFuture<Lease> next = waiting();
        CompletableFuture<ReleaseOutcome> release = first.releaseAsync();
        backend.answerHandoff(new ReleaseOutcome.NotHeld(), AttemptOutcome.Contended.of(null, "somebody"));

        assertThat(done(release)).isEqualTo(new ReleaseOutcome.NotHeld());
        assertThat(next).isNotDone();
        harness.time.advance(Harness.PAUSE);
        assertThat(backend.attempts).hasSize(2);
        backend.grant();
        assertThat(done(next).state()).isEqualTo(LeaseState.HELD);
    }

    @Test
    void whatIsNotKnownOfOneIsNotSaidOfTheOther() {
        Lease first = harness.lease(Harness.options());
        CompletableFuture<AcquireOutcome> next = waiting(Duration.ofSeconds(1));
        CompletableFuture<ReleaseOutcome> release = first.releaseAsync();
        harness.time.advance(Duration.ofSeconds(2));
        backend.answerHandoff(new ReleaseOutcome.Indeterminate(silence()), new AttemptOutcome.Indeterminate(silence()));

        assertThat(done(release)).isInstanceOf(ReleaseOutcome.Indeterminate.class);
        assertThat(done(next)).isInstanceOf(AcquireOutcome.Indeterminate.class);
        // the release may be asked for again, and then stands alone
        first.releaseAsync();
        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void aBackendThatThrowsLeavesBothUnknownAndTheQueueAlive() {
        Lease first = harness.lease(Harness.options());
        CompletableFuture<Lease> next = waiting();
        backend.onCall = () -> {
            throw new IllegalStateException("defect");
        };
        CompletableFuture<ReleaseOutcome> release = first.releaseAsync();
        backend.onCall = () -> {};

        assertThat(done(release)).isInstanceOf(ReleaseOutcome.Indeterminate.class);
        harness.time.advance(Harness.PAUSE);
        backend.grant();
        assertThat(done(next).state()).isEqualTo(LeaseState.HELD);
    }

    @Test
    void aCallThatWasCancelledDuringTheHandoffLeavesNothingBehind() {
        Lease first = harness.lease(Harness.options());
        CompletableFuture<Lease> next = waiting();
        CompletableFuture<Lease> third = waiting();
        first.releaseAsync();
        next.cancel(false);
        backend.grantHandoff();

        assertThat(backend.handoffs).as("from the cancelled one to the third").hasSize(2);
        backend.grantHandoff();
        assertThat(done(third).state()).isEqualTo(LeaseState.HELD);
    }

    @Test
    void aCallWhoseDeadlineComesDuringTheHandoffIsStillGranted() {
        Lease first = harness.lease(Harness.options());
        CompletableFuture<AcquireOutcome> next = waiting(Duration.ofMillis(100));
        first.releaseAsync();
        harness.time.advance(Duration.ofMillis(200));
        assertThat(next).isNotDone();
        backend.grantHandoff();
        assertThat(done(next)).isInstanceOf(AcquireOutcome.Acquired.class);
    }

    @Test
    void nobodyInheritsFromALeaseThatExpired() {
        LockOptions options = Harness.options();
        Lease first = harness.lease(options);
        CompletableFuture<Lease> next = waiting();
        harness.time.advance(Harness.TTL);

        assertThat(first.state()).isEqualTo(LeaseState.LOST);
        assertThat(backend.handoffs).isEmpty();
        assertThat(backend.releases).hasSize(1);
        backend.grant();
        assertThat(done(next).state()).isEqualTo(LeaseState.HELD);
    }

    @Test
    void aRenewalUnderWayIsAnsweredBeforeTheHandoffBegins() {
        Lease first = harness.lease(Harness.options().withRenewal(RenewalPolicy.MANUAL));
        CompletableFuture<Lease> next = waiting();
        CompletableFuture<RenewOutcome> renewal = first.renewAsync();
        first.releaseAsync();
        assertThat(backend.handoffs).isEmpty();

        ScriptedBackend.last(backend.renewals).answer().complete(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        assertThat(done(renewal)).isEqualTo(new RenewOutcome.Released());
        assertThat(backend.handoffs).hasSize(1);
        backend.answerHandoff(new ReleaseOutcome.NotHeld(), AttemptOutcome.Contended.of(null, null));
        assertThat(next).isNotDone();
    }

    @Test
    void aClientThatClosesDuringTheHandoffGivesTheSuccessorBack() {
        Lease first = harness.lease(Harness.options());
        CompletableFuture<Lease> next = waiting();
        first.releaseAsync();
        Thread closing = new Thread(harness.client::close);
        closing.start();
        await().until(next::isCompletedExceptionally);
        backend.grantHandoff();

        await().until(() -> !backend.releases.isEmpty());
        backend.confirmRelease();
        await().until(() -> backend.closed);
    }

    // ---- turns of others

    /** Hands the lock on for as long as the core does, each call having the lock for {@code hold}. The lease whose release is not a handoff is under way. */
    private int handoffsInARow(Lease first, Duration hold) {
        int before = backend.handoffs.size();
        Lease lease = first;
        List<CompletableFuture<Lease>> all = new ArrayList<>();
        while (true) {
            CompletableFuture<Lease> next = waiting();
            all.add(next);
            harness.time.advance(hold);
            int handoffs = backend.handoffs.size();
            lease.releaseAsync();
            if (backend.handoffs.size() == handoffs) {
                return handoffs - before;
            }
            backend.grantHandoff();
            lease = done(all.get(all.size() - 1));
        }
    }

    @Test
    void aStreakEndsAfterItsGrants() {
        assertThat(handoffsInARow(harness.lease(Harness.options()), Duration.ZERO))
                .isEqualTo(Streak.MOST_GRANTS - 1);
    }

    @Test
    void aStreakEndsAfterItsTime() {
        assertThat(handoffsInARow(harness.lease(Harness.options()), Duration.ofMillis(50)))
                .isEqualTo(4);
    }

    @Test
    void afterAStreakTheLockIsLeftToOthersEvenIfThisClientIsWoken() {
        CompletableFuture<Lease> first = waiting();
        backend.refuse();
        Runnable wakeUp = backend.wakeUps.get(0);
        wakeUp.run();
        harness.time.advance(Duration.ofMillis(3));
        backend.grant();
        handoffsInARow(done(first), Duration.ofMillis(50));
        int attempts = backend.attempts.size();
        backend.confirmRelease();
        wakeUp.run();
        assertThat(backend.attempts).hasSize(attempts);

        harness.time.advance(Duration.ofMillis(10));
        assertThat(backend.attempts).hasSize(attempts + 1);
        assertThat(ScriptedBackend.last(backend.attempts).request().afterContention())
                .isTrue();
    }

    @Test
    void aDeadlineWithinThePauseIsKept() {
        Lease lease = harness.lease(Harness.options());
        CompletableFuture<Lease> long1 = waiting();
        lease.releaseAsync();
        harness.time.advance(Duration.ofMillis(300));
        backend.grantHandoff();
        CompletableFuture<AcquireOutcome> shortly = waiting(Duration.ofMillis(1));
        done(long1).releaseAsync();
        int attempts = backend.attempts.size();
        backend.confirmRelease();
        assertThat(backend.attempts)
                .as("some rounds of 300 ms are left to others")
                .hasSize(attempts);

        harness.time.advance(Duration.ofMillis(1));
        assertThat(backend.attempts).hasSize(attempts + 1);
        backend.refuse();
        assertThat(done(shortly)).isInstanceOf(AcquireOutcome.Contended.class);
    }
}
