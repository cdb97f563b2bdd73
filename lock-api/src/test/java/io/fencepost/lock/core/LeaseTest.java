package io.fencepost.lock.core;

import static io.fencepost.lock.core.Harness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.AcquireOutcome.Contended;
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
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a lease is renewed, suspected, lost and released. */
class LeaseTest {
    private static final Duration THIRD = Duration.ofNanos(Harness.TTL.toNanos() / 3);
    private static final RenewOutcome.Indeterminate NO_ANSWER =
            new RenewOutcome.Indeterminate(new IllegalStateException("no answer"));

    @RegisterExtension
    final Harness harness = new Harness();

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
        for (int i = 0; i < Harness.TTL.toMillis() && lease.isValid(); i++) {
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
        assertThat(done(last)).isEqualTo(new RenewOutcome.Released());
        backend.confirmRelease();
        assertThat(done(released)).isEqualTo(new ReleaseOutcome.Released());
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
        assertThat(done(lease.renewAsync())).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
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

        assertThat(done(renewed)).isEqualTo(new RenewOutcome.Renewed(Harness.TTL));
        assertThat(lease.remainingValidity()).isEqualTo(Harness.USABLE.minusSeconds(3));
    }

    @Test
    void aFailedRenewalLeavesTheValidityAsItWas() {
        Lease lease = harness.lease(Harness.options());
        time.advance(Duration.ofSeconds(1));
        CompletableFuture<RenewOutcome> renewed = lease.renewAsync();
        failRenewal();

        assertThat(done(renewed)).isEqualTo(NO_ANSWER);
        assertThat(lease.remainingValidity()).isEqualTo(Harness.USABLE.minusSeconds(1));
    }

    @Test
    void nothingIsRenewedAfterARelease() {
        Lease lease = harness.automaticLease();
        lease.releaseAsync();
        backend.confirmRelease();
        time.advance(Harness.TTL);

        assertThat(backend.renewals).isEmpty();
        assertThat(done(lease.renewAsync())).isEqualTo(new RenewOutcome.Released());
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
        assertThat(done(released)).isEqualTo(new ReleaseOutcome.Released());
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
        backend.failRelease();
        CompletableFuture<ReleaseOutcome> again = lease.releaseAsync();
        assertThat(backend.releases).hasSize(2);
        backend.confirmRelease();

        assertThat(done(again)).isEqualTo(new ReleaseOutcome.Released());
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

    @Test
    void aLeaseThatWasReleasedOrHasEndedHasNoValidityLeft() {
        Lease lease = harness.lease(Harness.options());
        time.jump(Harness.TTL);
        assertThat(lease.remainingValidity()).isZero();

        Harness other = new Harness();
        Lease released = other.lease(Harness.options());
        released.releaseAsync();
        assertThat(released.remainingValidity()).isZero();
    }

    @Test
    void aTryAfterTheEndOfValidityAsksTheBackendEvenBeforeTheTimersRun() {
        harness.lease(Harness.options());
        time.jump(Harness.USABLE.minusNanos(1));
        assertThat(done(harness.lock().acquireAsync(Duration.ZERO))).isInstanceOf(Contended.class);
        assertThat(backend.attempts).hasSize(1);

        time.jump(Duration.ofNanos(1));
        harness.lock().acquireAsync(Duration.ZERO);
        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void theEndOfALeaseThatWasNoticedLateLeavesItsSuccessorAlone() {
        Lease late = harness.lease(Harness.options());
        time.jump(Harness.USABLE);
        Lease successor = harness.lease(Harness.options());
        assertThat(late.state()).isEqualTo(LeaseState.LOST);

        assertThat(done(harness.lock().acquireAsync(Duration.ZERO))).isInstanceOf(Contended.class);
        assertThat(successor.isValid()).isTrue();
        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void aReleaseWithoutAnAnswerKeepsThisClientWaitingBeyondTheEndOfValidity() {
        Lease lease = harness.lease(Harness.options());
        lease.releaseAsync();
        time.advance(Harness.TTL);

        assertThat(done(harness.lock().acquireAsync(Duration.ZERO))).isInstanceOf(Contended.class);
        assertThat(backend.attempts).hasSize(1);
    }

    @Test
    void aListenerToldOfALossMayTryAtOnce() {
        Lease lease = harness.automaticLease();
        lease.onStateChange((l, state) -> harness.lock().acquireAsync(Duration.ZERO), Runnable::run);
        time.advance(THIRD);
        ScriptedBackend.last(backend.renewals).answer().complete(new RenewOutcome.Lost(LossCause.NOT_OWNER));

        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void aLeaseThatIsOverIsNotRenewedEvenBeforeTheTimersRun() throws InterruptedException {
        Lease lease = harness.lease(Harness.options());
        time.jump(Harness.USABLE);

        assertThat(done(lease.renewAsync())).isEqualTo(new RenewOutcome.Lost(LossCause.EXPIRED));
        backend.confirmRelease();
        assertThat(lease.renew()).isEqualTo(new RenewOutcome.Lost(LossCause.EXPIRED));
        assertThat(backend.renewals).isEmpty();
    }

    @Test
    void aRenewalAnsweredAfterTheEndButBeforeTheTimersRevivesNothing() {
        Lease lease = harness.lease(Harness.options());
        CompletableFuture<RenewOutcome> renewed = lease.renewAsync();
        time.jump(Harness.USABLE);
        backend.confirmRenewal(Duration.ofMinutes(1));

        assertThat(done(renewed)).isEqualTo(new RenewOutcome.Lost(LossCause.EXPIRED));
        assertThat(lease.state()).isEqualTo(LeaseState.LOST);
    }

    @Test
    void aRenewalAnsweredAfterAReleaseSaysReleased() {
        Lease lease = harness.lease(Harness.options());
        CompletableFuture<RenewOutcome> renewed = lease.renewAsync();
        lease.releaseAsync();
        backend.confirmRenewal(Harness.TTL);

        assertThat(done(renewed)).isEqualTo(new RenewOutcome.Released());
    }

    @Test
    void aPromiseThatWasShorterThanItsAnswerTookIsALoss() {
        Lease lease = harness.lease(Harness.options());
        CompletableFuture<RenewOutcome> renewed = lease.renewAsync();
        time.advance(Duration.ofSeconds(3));
        backend.confirmRenewal(Duration.ofSeconds(1));

        assertThat(done(renewed)).isEqualTo(new RenewOutcome.Lost(LossCause.EXPIRED));
        assertThat(lease.lost().toCompletableFuture()).isCompletedWithValue(LossCause.EXPIRED);
    }

    @Test
    void aRenewalThatSucceedsTellsListenersNothing() {
        Lease lease = harness.automaticLease();
        List<LeaseState> seen = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state), Runnable::run);
        time.advance(THIRD);
        backend.confirmRenewal(Harness.TTL);

        assertThat(seen).isEmpty();
    }

    @Test
    void aFailedRenewalIsTriedAgainAfterAThirdOfWhatIsLeft() {
        harness.automaticLease();
        time.advance(THIRD);
        failRenewal();
        Duration pause = Harness.USABLE.minus(THIRD).dividedBy(3);
        time.advance(pause.minusNanos(1));
        assertThat(backend.renewals).hasSize(1);
        time.advance(Duration.ofNanos(1));
        assertThat(backend.renewals).hasSize(2);

        // the less is left the sooner, but not in a storm at the end
        time.advance(Harness.USABLE.minus(THIRD).minus(pause).minusMillis(27));
        failRenewal();
        time.advance(Duration.ofMillis(10).minusNanos(1));
        assertThat(backend.renewals).hasSize(2);
        time.advance(Duration.ofNanos(1));
        assertThat(backend.renewals).hasSize(3);
    }

    @Test
    void aFailedRenewalOfALongPromiseIsTriedAgainAfterAThirdOfTheTtl() {
        harness.automaticLease();
        time.advance(THIRD);
        backend.confirmRenewal(Harness.TTL.multipliedBy(6));
        time.advance(Harness.TTL.multipliedBy(2));
        assertThat(backend.renewals).hasSize(2);
        failRenewal();
        time.advance(THIRD.minusNanos(1));
        assertThat(backend.renewals).hasSize(2);
        time.advance(Duration.ofNanos(1));
        assertThat(backend.renewals).hasSize(3);
    }

    @Test
    void aLeaseKeepsOneTimerAndNoneAfterItsEnd() {
        Lease lease = harness.automaticLease();
        for (int i = 0; i < 3; i++) {
            time.advance(THIRD);
            backend.confirmRenewal(Harness.TTL);
            assertThat(time.pending()).isEqualTo(1);
        }
        lease.renewAsync();
        ScriptedBackend.last(backend.renewals).answer().complete(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        assertThat(time.pending()).isZero();

        Lease released = harness.automaticLease();
        assertThat(time.pending()).isEqualTo(1);
        released.releaseAsync();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aRenewalThatIsNeverAnsweredEndsInTheLossAtTheEndOfValidity() {
        CompletableFuture<LossCause> lost = harness.automaticLease().lost().toCompletableFuture();
        time.advance(Harness.USABLE.minusNanos(1));
        assertThat(lost).isNotDone();
        time.advance(Duration.ofNanos(1));
        assertThat(lost).isCompletedWithValue(LossCause.EXPIRED);
    }

    @Test
    void aRenewalSentLateDoesNotDelayTheLoss() {
        Lease lease = harness.lease(Harness.options());
        time.advance(Duration.ofSeconds(8));
        lease.renewAsync();
        time.advance(Harness.USABLE.minusSeconds(8));

        assertThat(lease.lost().toCompletableFuture()).isCompletedWithValue(LossCause.EXPIRED);
    }

    @Test
    void aValidityThatEndsBeforeItsNextRenewalIsLostInTime() {
        Lease lease = harness.automaticLease();
        time.advance(THIRD);
        backend.confirmRenewal(Duration.ofMillis(3));
        time.advance(Duration.ofNanos(970_000));

        assertThat(lease.lost().toCompletableFuture()).isCompletedWithValue(LossCause.EXPIRED);
    }

    @Test
    void aRenewalAnsweredLateIsNotFollowedByAnotherAtOnce() {
        harness.automaticLease();
        time.advance(THIRD.multipliedBy(2));
        backend.confirmRenewal(Harness.TTL);
        assertThat(backend.renewals).hasSize(1);
    }

    @Test
    void aReleaseAfterTheEndOfValidityIsALossEvenBeforeTheTimersRun() {
        Lease lease = harness.lease(Harness.options());
        List<LeaseState> seen = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state), Runnable::run);
        time.jump(Harness.USABLE);
        lease.releaseAsync();

        assertThat(lease.lost().toCompletableFuture()).isCompletedWithValue(LossCause.EXPIRED);
        assertThat(lease.state()).isEqualTo(LeaseState.LOST);
        assertThat(seen).containsExactly(LeaseState.LOST);
        assertThat(harness.observer.told).noneMatch(line -> line.startsWith("released"));
    }

    @Test
    void aListenerThatComesAfterTheEndOfValidityIsToldBeforeTheTimersRun() {
        Lease lease = harness.lease(Harness.options());
        time.jump(Harness.USABLE);
        List<LeaseState> seen = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state));

        assertThat(seen).containsExactly(LeaseState.LOST);
    }

    @Test
    void aReleaseTellsListenersAndItsSubscriptionsCanBeTakenBack() {
        Lease lease = harness.lease(Harness.options());
        List<LeaseState> seen = new ArrayList<>();
        List<LeaseState> none = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state));
        lease.onStateChange((l, state) -> none.add(state)).close();
        lease.releaseAsync();

        assertThat(seen).containsExactly(LeaseState.RELEASED);
        assertThat(none).isEmpty();
    }

    @Test
    void anInterruptedReleaseGoesOnInTheBackgroundWithTheInterruptKept() {
        Lease lease = harness.lease(Harness.options());
        Thread.currentThread().interrupt();
        ReleaseOutcome outcome = lease.release();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ReleaseOutcome.Indeterminate.class,
                        i -> assertThat(i.cause()).isInstanceOf(InterruptedException.class));
        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void aSecondReleaseOfAnOldLeaseLeavesItsSuccessorAlone() {
        Lease old = harness.lease(Harness.options());
        CompletableFuture<Lease> waiting = harness.lock().acquireAsync();
        old.releaseAsync();
        backend.failRelease();
        backend.grant();
        Lease successor = done(waiting);
        old.releaseAsync();
        backend.confirmRelease();

        assertThat(done(harness.lock().acquireAsync(Duration.ZERO))).isInstanceOf(Contended.class);
        assertThat(successor.isValid()).isTrue();
        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void dependentsOfARenewalDoNotRunWhereTheBackendAnswers() {
        Lease lease = harness.lease(Harness.options());
        harness.callbacks.keep();
        CompletableFuture<RenewOutcome> renewed = lease.renewAsync();
        backend.confirmRenewal(Harness.TTL);
        assertThat(renewed).isNotDone();

        harness.callbacks.run();
        assertThat(done(renewed)).isEqualTo(new RenewOutcome.Renewed(Harness.TTL));
    }

    @Test
    void aListenerWhoseExecutorIsSlowIsToldAllChangesInOneRun() {
        Lease lease = harness.automaticLease();
        List<LeaseState> seen = new ArrayList<>();
        List<Runnable> submitted = new ArrayList<>();
        lease.onStateChange((l, state) -> seen.add(state), submitted::add);
        time.advance(THIRD);
        failRenewal();
        lease.renewAsync();
        backend.confirmRenewal(Harness.TTL);
        assertThat(submitted).hasSize(1);
        submitted.remove(0).run();
        assertThat(seen).containsExactly(LeaseState.SUSPECT, LeaseState.HELD);

        lease.releaseAsync();
        assertThat(submitted).hasSize(1);
        submitted.remove(0).run();
        assertThat(seen).endsWith(LeaseState.RELEASED);
    }

    @Test
    void anExecutorThatRefusesCostsItsListenerThatChangeOnly() {
        Lease lease = harness.automaticLease();
        List<LeaseState> seen = new ArrayList<>();
        List<LeaseState> refused = new ArrayList<>(List.of(LeaseState.SUSPECT));
        lease.onStateChange((l, state) -> seen.add(state), task -> {
            if (!refused.isEmpty()) {
                refused.clear();
                throw new RejectedExecutionException("full");
            }
            task.run();
        });
        time.advance(THIRD);
        failRenewal();
        assertThat(seen).isEmpty();
        lease.releaseAsync();

        assertThat(seen).containsExactly(LeaseState.RELEASED);
    }

    @Test
    void noCallLeavesTheCoreUnderOneOfItsLocks() {
        harness.backend.onCall = harness::requireNoLockHeld;
        harness.callbacks.onCall = harness::requireNoLockHeld;
        harness.observer.onCall = harness::requireNoLockHeld;
        Lease lease = harness.automaticLease();
        lease.onStateChange((l, state) -> harness.requireNoLockHeld(), Runnable::run);
        CompletableFuture<Lease> next = harness.lock().acquireAsync();
        time.advance(THIRD);
        failRenewal();
        time.advance(THIRD);
        backend.confirmRenewal(Harness.TTL);
        time.advance(Harness.TTL);
        backend.confirmRenewal(Harness.TTL);
        backend.confirmRelease();
        backend.refuse();
        next.cancel(false);

        assertThat(lease.state()).isEqualTo(LeaseState.LOST);
        assertThat(harness.observer.told)
                .as("each kind of call was made")
                .anyMatch(line -> line.startsWith("lost"))
                .anyMatch(line -> line.startsWith("renewed"))
                .anyMatch(line -> line.startsWith("attempted"))
                .anyMatch(line -> line.startsWith("waited"));
        assertThat(backend.subscriptions).isEqualTo(1);
    }

    @Test
    void aLeaseSaysWhatItIs() {
        Lease lease = harness.lease(Harness.options());
        assertThat(lease).hasToString("lease of 'a' with token 1, HELD");
        lease.releaseAsync();
        assertThat(lease).hasToString("lease of 'a' with token 1, RELEASED");
    }

    @Test
    void theFirstRenewalComesUpToHalfItsIntervalEarlyAndLaterOnesUpToATenth() {
        harness.draw = most -> most;
        harness.automaticLease();
        long interval = Harness.TTL.toNanos() / 3;
        harness.time.advance(Duration.ofNanos(interval / 2));
        assertThat(harness.backend.renewals).isEmpty();
        harness.time.advance(Duration.ofNanos(1));
        assertThat(harness.backend.renewals).hasSize(1);

        harness.backend.confirmRenewal(Harness.TTL);
        harness.time.advance(Duration.ofNanos(interval - interval / 10 - 2));
        assertThat(harness.backend.renewals).hasSize(1);
        harness.time.advance(Duration.ofNanos(2));
        assertThat(harness.backend.renewals).hasSize(2);
    }
}
