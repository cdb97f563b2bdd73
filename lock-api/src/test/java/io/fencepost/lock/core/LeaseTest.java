package io.fencepost.lock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseLostException;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a lease is renewed, suspected, lost and released. */
class LeaseTest {
    private static final Duration THIRD = Duration.ofNanos(Harness.TTL.toNanos() / 3);
    private static final RenewOutcome.Indeterminate NO_ANSWER =
            new RenewOutcome.Indeterminate(new IllegalStateException("no answer"));

    private final Harness harness = new Harness();
    private final ScriptedBackend backend = harness.backend;
    private final ManualTime time = harness.time;

    private void failRenewal() {
        ScriptedBackend.last(backend.renewals).answer().complete(NO_ANSWER);
    }

    @Test
    void anAutomaticLeaseIsRenewedAtEveryThirdOfItsTtl() {
        Lease lease = harness.automaticLease();
        time.advance(THIRD.minusNanos(1));
        assertThat(backend.renewals).isEmpty();
        for (int i = 1; i <= 5; i++) {
            time.advance(i == 1 ? Duration.ofNanos(1) : THIRD);
            assertThat(backend.renewals).hasSize(i);
            backend.confirmRenewal(Harness.TTL);
            assertThat(lease.remainingValidity()).isEqualTo(Harness.USABLE);
        }
        assertThat(lease.token().value()).isEqualTo(1);
        assertThat(backend.renewals)
                .allSatisfy(call -> assertThat(call.request().token().value()).isEqualTo(1));
    }

    @Test
    void aManualLeaseIsNotRenewedAndEndsWithItsValidity() {
        Lease lease = harness.lease(Harness.options());
        CompletableFuture<LossCause> lost = lease.lost().toCompletableFuture();
        time.advance(Harness.USABLE.minusNanos(1));
        assertThat(lease.state()).isEqualTo(LeaseState.HELD);
        assertThat(lost).isNotDone();

        time.advance(Duration.ofNanos(1));
        assertThat(lost).isCompletedWithValue(LossCause.EXPIRED);
        assertThat(lease.state()).isEqualTo(LeaseState.LOST);
        assertThat(backend.renewals).isEmpty();
    }

    @Test
    void aProcessThatWasPausedSeesTheLossBeforeAnyTimerRuns() {
        Lease lease = harness.lease(Harness.options());
        time.jump(Harness.USABLE);

        assertThat(lease.isValid()).isFalse();
        assertThatThrownBy(() -> lease.ensureValid(Duration.ZERO))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("token 1");
    }

    @Test
    void failedRenewalsMakeItSuspectAndASuccessMakesItHeldAgain() {
        Lease lease = harness.automaticLease();
        List<LeaseState> seen = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state), Runnable::run);
        time.advance(THIRD);
        failRenewal();
        assertThat(lease.state()).isEqualTo(LeaseState.SUSPECT);

        time.advance(THIRD);
        assertThat(backend.renewals).hasSize(2);
        backend.confirmRenewal(Harness.TTL);
        assertThat(lease.state()).isEqualTo(LeaseState.HELD);
        assertThat(seen).containsExactly(LeaseState.SUSPECT, LeaseState.HELD);
    }

    @Test
    void renewalsThatNeverSucceedEndInOneLossAtTheEndOfValidityAndARelease() {
        Lease lease = harness.automaticLease();
        List<LeaseState> seen = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state), Runnable::run);
        long end = time.nanoTime() + Harness.USABLE.toNanos();
        lease.lost().thenAccept(cause -> assertThat(time.nanoTime()).isEqualTo(end));
        time.advance(THIRD);
        while (lease.isValid()) {
            if (!ScriptedBackend.last(backend.renewals).answer().isDone()) {
                failRenewal();
            }
            time.advance(Duration.ofMillis(1));
        }
        time.advance(Harness.TTL);

        assertThat(seen).containsExactly(LeaseState.SUSPECT, LeaseState.LOST);
        assertThat(backend.renewals).hasSizeGreaterThan(2).hasSizeLessThan(30);
        assertThat(backend.releases)
                .as("the backend must not keep it for nobody")
                .hasSize(1);
        assertThat(time.pending()).isZero();
    }

    @Test
    void aRenewalWithoutAnAnswerMakesTheLeaseSuspectBeforeItIsLost() {
        Lease lease = harness.automaticLease();
        List<LeaseState> seen = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state), Runnable::run);
        time.advance(THIRD);
        time.advance(THIRD.minusNanos(1));
        assertThat(lease.state()).isEqualTo(LeaseState.HELD);
        time.advance(Duration.ofNanos(1));
        assertThat(lease.state()).isEqualTo(LeaseState.SUSPECT);
        backend.confirmRenewal(Harness.TTL);
        assertThat(seen).containsExactly(LeaseState.SUSPECT, LeaseState.HELD);
    }

    @Test
    void manyRenewalsBehindOneThatIsAnsweredLateDoNotKeepTheReleaseFromItsTurn() {
        Lease lease = harness.lease(Harness.options());
        CompletableFuture<RenewOutcome> last = new CompletableFuture<>();
        for (int i = 0; i < 50_000; i++) {
            last = lease.renewAsync();
        }
        CompletableFuture<ReleaseOutcome> released = lease.releaseAsync();
        backend.confirmRenewal(Harness.TTL);
        assertThat(last.join()).isEqualTo(new RenewOutcome.Released());
        backend.confirmRelease();
        assertThat(released.join()).isEqualTo(new ReleaseOutcome.Released());
    }

    @Test
    void aRenewalAnsweredAfterTheEndRevivesNothing() {
        Lease lease = harness.automaticLease();
        time.advance(THIRD);
        time.advance(Harness.TTL);
        assertThat(lease.state()).isEqualTo(LeaseState.LOST);
        assertThat(backend.releases).as("waits for its turn behind the renewal").isEmpty();

        backend.confirmRenewal(Harness.TTL);
        assertThat(lease.state()).isEqualTo(LeaseState.LOST);
        assertThat(lease.remainingValidity()).isZero();
        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void aRenewalThatTheBackendRefusesIsALoss() {
        Lease lease = harness.automaticLease();
        time.advance(THIRD);
        ScriptedBackend.last(backend.renewals).answer().complete(new RenewOutcome.Lost(LossCause.NOT_OWNER));

        assertThat(lease.lost().toCompletableFuture()).isCompletedWithValue(LossCause.NOT_OWNER);
        assertThat(backend.releases).isEmpty();
        assertThat(lease.renewAsync().join()).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        assertThat(backend.renewals).hasSize(1);
    }

    @Test
    void aRenewalThatFailsWithAnExceptionIsTriedAgain() {
        Lease lease = harness.automaticLease();
        time.advance(THIRD);
        ScriptedBackend.last(backend.renewals).answer().completeExceptionally(new IllegalStateException("defect"));
        time.advance(THIRD);

        assertThat(backend.renewals).hasSize(2);
        assertThat(lease.state()).isEqualTo(LeaseState.SUSPECT);
    }

    @Test
    void theValidityOfARenewalCountsFromBeforeItWasSent() {
        Lease lease = harness.lease(Harness.options());
        time.advance(Duration.ofSeconds(1));
        CompletableFuture<RenewOutcome> renewed = lease.renewAsync();
        time.advance(Duration.ofSeconds(3));
        backend.confirmRenewal(Harness.TTL);

        assertThat(renewed.join()).isEqualTo(new RenewOutcome.Renewed(Harness.TTL));
        assertThat(lease.remainingValidity()).isEqualTo(Harness.USABLE.minusSeconds(3));
    }

    @Test
    void aFailedRenewalLeavesTheValidityAsItWas() {
        Lease lease = harness.lease(Harness.options());
        time.advance(Duration.ofSeconds(1));
        CompletableFuture<RenewOutcome> renewed = lease.renewAsync();
        failRenewal();

        assertThat(renewed.join()).isEqualTo(NO_ANSWER);
        assertThat(lease.remainingValidity()).isEqualTo(Harness.USABLE.minusSeconds(1));
    }

    @Test
    void nothingIsRenewedAfterARelease() {
        Lease lease = harness.automaticLease();
        lease.releaseAsync();
        backend.confirmRelease();
        time.advance(Harness.TTL);

        assertThat(backend.renewals).isEmpty();
        assertThat(lease.renewAsync().join()).isEqualTo(new RenewOutcome.Released());
        assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
        assertThat(lease.lost().toCompletableFuture()).isNotDone();
    }

    @Test
    void aReleaseWaitsForTheRenewalUnderWay() {
        Lease lease = harness.automaticLease();
        time.advance(THIRD);
        CompletableFuture<ReleaseOutcome> released = lease.releaseAsync();
        assertThat(lease.state()).as("for its user it ends at once").isEqualTo(LeaseState.RELEASED);
        assertThat(backend.releases).isEmpty();

        backend.confirmRenewal(Harness.TTL);
        backend.confirmRelease();
        assertThat(released.join()).isEqualTo(new ReleaseOutcome.Released());
        assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
    }

    @Test
    void aSecondReleaseSaysSoWithoutTheBackend() {
        Lease lease = harness.automaticLease();
        lease.releaseAsync();
        backend.confirmRelease();

        assertThat(lease.release()).isEqualTo(new ReleaseOutcome.NotHeld());
        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void aReleaseWithAnUnknownOutcomeMayBeTriedAgain() {
        Lease lease = harness.automaticLease();
        lease.releaseAsync();
        ScriptedBackend.last(backend.releases)
                .answer()
                .complete(new ReleaseOutcome.Indeterminate(new IllegalStateException("no answer")));
        CompletableFuture<ReleaseOutcome> again = lease.releaseAsync();
        assertThat(backend.releases).hasSize(2);
        backend.confirmRelease();

        assertThat(again.join()).isEqualTo(new ReleaseOutcome.Released());
    }

    @Test
    void aListenerRegisteredAfterTheLossIsToldOnce() {
        Lease lease = harness.lease(Harness.options());
        time.advance(Harness.TTL);
        List<LeaseState> seen = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state), Runnable::run);

        assertThat(seen).containsExactly(LeaseState.LOST);
    }

    @Test
    void aListenerThatThrowsSilencesNoOther() {
        Lease lease = harness.lease(Harness.options());
        List<LeaseState> seen = new ArrayList<>();
        lease.onStateChange(
                (l, state) -> {
                    throw new IllegalStateException("listener");
                },
                Runnable::run);
        lease.onStateChange((l, state) -> seen.add(state), Runnable::run);
        time.advance(Harness.TTL);

        assertThat(seen).containsExactly(LeaseState.LOST);
    }

    @Test
    void aListenerThatWasTakenBackIsToldNothing() {
        Lease lease = harness.lease(Harness.options());
        List<LeaseState> seen = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state), Runnable::run).close();
        time.advance(Harness.TTL);

        assertThat(seen).isEmpty();
    }

    @Test
    void ensureValidAsksForTheTimeNeeded() {
        Lease lease = harness.lease(Harness.options());
        lease.ensureValid(Harness.USABLE);
        assertThatThrownBy(() -> lease.ensureValid(Harness.USABLE.plusNanos(1)))
                .isInstanceOfSatisfying(LeaseLostException.class, e -> {
                    assertThat(e.name()).contains("a");
                    assertThat(e.holder()).contains("me");
                    assertThat(e.token()).contains(lease.token());
                });
        assertThatThrownBy(() -> lease.ensureValid(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aShorterPromiseShortensTheValidity() {
        Lease lease = harness.automaticLease();
        time.advance(THIRD);
        backend.confirmRenewal(Duration.ofSeconds(2));

        assertThat(lease.remainingValidity()).isEqualTo(Duration.ofMillis(1_978));
        time.advance(Duration.ofMillis(667));
        assertThat(backend.renewals).as("and the interval of renewals with it").hasSize(2);
    }

    @Test
    void aLostLeaseLetsTheNextWaiterTry() {
        Lease lease = harness.lease(Harness.options());
        harness.lock().acquireAsync();
        assertThat(backend.attempts).hasSize(1);
        time.advance(Harness.USABLE);

        assertThat(lease.isValid()).isFalse();
        assertThat(backend.attempts).hasSize(2);
    }
}
