package io.fencepost.lock.core;

import static io.fencepost.lock.core.Harness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.AcquireOutcome.Contended;
import io.fencepost.lock.AcquireOutcome.Indeterminate;
import io.fencepost.lock.AcquireOutcome.Unavailable;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How calls for one lock queue, try, pause and end. */
class WaitingTest {
    @RegisterExtension
    final Harness harness = new Harness();

    private final ScriptedBackend backend = harness.backend;
    private final ManualTime time = harness.time;
    private final DistributedLock lock = harness.lock();

    @Test
    void aFreeLockTakesOneAttempt() {
        CompletableFuture<Lease> acquired = lock.acquireAsync();
        backend.grant();

        assertThat(done(acquired).token().value()).isEqualTo(1);
        assertThat(backend.attempts).hasSize(1);
        assertThat(backend.attempts.get(0).request().metadata()).containsEntry("host", "here");
    }

    @Test
    void aZeroWaitTryOnAHeldLockIsContendedAfterOneAttempt() {
        CompletableFuture<AcquireOutcome> tried = lock.acquireAsync(Duration.ZERO);
        backend.refuse(Duration.ofSeconds(3));

        assertThat(done(tried)).isInstanceOfSatisfying(Contended.class, contended -> {
            assertThat(contended.remaining()).contains(Duration.ofSeconds(3));
            assertThat(contended.holder()).contains("somebody");
        });
        assertThat(backend.attempts).hasSize(1);
        assertThat(backend.wakeUps).isEmpty();
    }

    @Test
    void aCallerThatTriesAgainAtOnceAsksTheBackendAgain() {
        CompletableFuture<CompletableFuture<AcquireOutcome>> second = new CompletableFuture<>();
        lock.acquireAsync(Duration.ZERO).thenAccept(first -> second.complete(lock.acquireAsync(Duration.ZERO)));
        backend.refuse();

        assertThat(backend.attempts).hasSize(2);
        backend.grant();
        assertThat(done(done(second))).isInstanceOf(AcquireOutcome.Acquired.class);
    }

    @Test
    void theClientsOwnLeaseAnswersATryWithoutTheBackend() {
        harness.lease(Harness.options());

        assertThat(done(lock.acquireAsync(Duration.ZERO)))
                .isInstanceOfSatisfying(
                        Contended.class,
                        contended -> assertThat(contended.holder()).contains("me"));
        assertThat(backend.attempts).hasSize(1);
    }

    @Test
    void onlyOneOfManyCallsAsksTheBackendAndTheyAreServedInOrder() {
        CompletableFuture<Lease> first = lock.acquireAsync();
        CompletableFuture<Lease> second = lock.acquireAsync();
        CompletableFuture<Lease> third = lock.acquireAsync();
        assertThat(backend.attempts).hasSize(1);

        backend.grant();
        Lease lease = done(first);
        time.advance(Duration.ofSeconds(1));
        assertThat(backend.attempts)
                .as("nobody asks while this client holds it")
                .hasSize(1);

        lease.releaseAsync();
        assertThat(backend.attempts).as("nor before the release is answered").hasSize(1);
        backend.confirmRelease();
        assertThat(backend.attempts).hasSize(2);
        backend.grant();
        assertThat(second).isCompleted();
        assertThat(third).isNotDone();
    }

    @Test
    void aRefusedWaiterTriesAgainAfterTheBackoff() {
        CompletableFuture<Lease> acquired = lock.acquireAsync();
        backend.refuse();
        time.advance(Harness.PAUSE.minusNanos(1));
        assertThat(backend.attempts).hasSize(1);

        time.advance(Duration.ofNanos(1));
        assertThat(backend.attempts).hasSize(2);
        assertThat(backend.attempts.get(1).request().attemptId())
                .isNotEqualTo(backend.attempts.get(0).request().attemptId());
        assertThat(backend.attempts.get(0).request().afterContention()).isFalse();
        assertThat(backend.attempts.get(1).request().afterContention()).isTrue();
        backend.grant();
        assertThat(acquired).isCompleted();
    }

    @Test
    void theHoldersRemainingTimeShortensThePause() {
        lock.acquireAsync();
        backend.refuse(Duration.ofMillis(7));
        time.advance(Duration.ofMillis(8));

        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void aWakeUpEndsThePause() {
        lock.acquireAsync();
        backend.refuse();
        assertThat(backend.wakeUps).hasSize(1);

        backend.wakeUps.get(0).run();
        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void aWakeUpDuringAnAttemptLeadsToAnotherAtOnce() {
        lock.acquireAsync();
        backend.refuse();
        time.advance(Harness.PAUSE);
        backend.wakeUps.get(0).run();
        assertThat(backend.attempts).hasSize(2);

        backend.refuse();
        assertThat(backend.attempts).hasSize(3);
    }

    @Test
    void aWaitEndsAtItsDeadlineAfterOneLastAttempt() {
        CompletableFuture<AcquireOutcome> waiting = lock.acquireAsync(Duration.ofMillis(70));
        backend.refuse();
        time.advance(Duration.ofMillis(50));
        backend.refuse();
        time.advance(Duration.ofMillis(19));
        assertThat(backend.attempts).hasSize(2);

        time.advance(Duration.ofMillis(1));
        assertThat(backend.attempts).hasSize(3);
        assertThat(waiting).isNotDone();
        backend.refuse();
        assertThat(done(waiting)).isInstanceOf(Contended.class);
        assertThat(backend.wakeUps).isEmpty();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aWaiterBehindAnotherEndsAtItsDeadlineWithoutAnAttempt() {
        lock.acquireAsync();
        backend.refuse();
        CompletableFuture<AcquireOutcome> second = lock.acquireAsync(Duration.ofMillis(20));
        time.advance(Duration.ofMillis(20));

        assertThat(done(second)).isInstanceOf(Contended.class);
        assertThat(backend.attempts).hasSize(1);
    }

    @Test
    void aWaiterBehindThisClientsLeaseEndsAtItsDeadline() {
        harness.lease(Harness.options());
        CompletableFuture<AcquireOutcome> waiting = lock.acquireAsync(Duration.ofMillis(20));
        time.advance(Duration.ofMillis(20));

        assertThat(done(waiting)).isInstanceOf(Contended.class);
        assertThat(backend.attempts).hasSize(1);
    }

    @Test
    void aCancelledWaiterLeavesNothingBehind() {
        CompletableFuture<Lease> acquired = lock.acquireAsync();
        backend.refuse();
        acquired.cancel(false);
        time.advance(Duration.ofSeconds(1));

        assertThat(backend.attempts).hasSize(1);
        assertThat(backend.wakeUps).isEmpty();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aGrantToACancelledCallIsReleasedBeforeTheNextWaiterTries() {
        CompletableFuture<Lease> cancelled = lock.acquireAsync();
        CompletableFuture<Lease> next = lock.acquireAsync();
        cancelled.cancel(false);
        assertThat(backend.attempts).hasSize(1);

        backend.grant();
        assertThat(backend.releases).hasSize(1);
        assertThat(backend.attempts).hasSize(1);
        backend.confirmRelease();
        assertThat(backend.attempts).hasSize(2);
        backend.grant();
        assertThat(done(next).token().value()).isEqualTo(2);
    }

    @Test
    void aGrantForACallThatWasToldOtherwiseIsReleased() {
        Waiter waiter = harness.client.submit(
                "a", Harness.options(), Duration.ofSeconds(1).toNanos());
        // as its deadline does when it comes between the end of a lease of this client and the attempt that follows
        waiter.result.complete(waiter.last);
        backend.grant();

        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void aBackoffThatFailsDelaysTheWaitButDoesNotEndIt() {
        LockOptions options = Harness.options().withBackoff((failures, random) -> {
            throw new IllegalStateException("backoff");
        });
        CompletableFuture<AcquireOutcome> waiting =
                harness.client.lock("a", options).acquireAsync(Duration.ofMillis(300));
        backend.refuse();
        time.advance(Duration.ofMillis(250));
        assertThat(backend.attempts).hasSize(2);
        backend.refuse();
        time.advance(Duration.ofMillis(50));
        backend.refuse();

        assertThat(done(waiting)).isInstanceOf(Contended.class);
    }

    @Test
    void aLateGrantWhoseReleaseIsUnansweredLeavesTheOutcomeUnknown() {
        CompletableFuture<AcquireOutcome> tried = lock.acquireAsync(Duration.ZERO);
        time.jump(Harness.USABLE);
        backend.grant();
        backend.failRelease();

        assertThat(done(tried)).isInstanceOf(Indeterminate.class);
    }

    @Test
    void aFutureThatItsUserTimedOutCountsAsCancelled() {
        CompletableFuture<AcquireOutcome> user = lock.acquireAsync(Duration.ofSeconds(5));
        user.completeExceptionally(new IllegalStateException("the user's own timeout"));

        backend.grant();
        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void anInterruptEndsTheWaitAndALaterGrantIsReleased() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiter = new Thread(() -> {
            try {
                lock.acquire();
            } catch (InterruptedException e) {
                thrown.set(e);
            }
        });
        waiter.start();
        Awaitility.await().until(() -> {
            synchronized (backend.attempts) {
                return backend.attempts.size() == 1 && waiter.getState() == Thread.State.WAITING;
            }
        });
        waiter.interrupt();
        waiter.join(TimeUnit.SECONDS.toMillis(10));

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        backend.grant();
        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void validityCountsFromBeforeTheRequest() {
        CompletableFuture<Lease> acquired = lock.acquireAsync();
        time.jump(Duration.ofSeconds(4));
        backend.grant();

        assertThat(done(acquired).remainingValidity()).isEqualTo(Harness.USABLE.minusSeconds(4));
    }

    @Test
    void anAnswerThatTookTheWholeValidityGivesNoLeaseAndIsReleased() {
        CompletableFuture<AcquireOutcome> tried = lock.acquireAsync(Duration.ZERO);
        time.jump(Harness.USABLE);
        backend.grant();
        assertThat(backend.releases).hasSize(1);
        backend.confirmRelease();

        assertThat(done(tried))
                .isInstanceOfSatisfying(
                        Unavailable.class, u -> assertThat(u.cause()).hasMessageContaining("PT9.898S"));
    }

    @Test
    void anUnknownOutcomeIsFollowedByAnAttemptWithANewId() {
        CompletableFuture<Lease> acquired = lock.acquireAsync();
        ScriptedBackend.last(backend.attempts)
                .answer()
                .complete(new AttemptOutcome.Indeterminate(new IllegalStateException("reply lost")));
        time.advance(Harness.PAUSE);
        assertThat(backend.attempts).hasSize(2);
        assertThat(backend.attempts.get(1).request().attemptId())
                .isNotEqualTo(backend.attempts.get(0).request().attemptId());
        backend.grant();
        assertThat(acquired).isCompleted();
    }

    @Test
    void aWaitThatEndsUnavailableSaysSo() {
        CompletableFuture<AcquireOutcome> waiting = lock.acquireAsync(Duration.ofMillis(50));
        backend.attempts.get(0).answer().complete(new AttemptOutcome.Unavailable(new IllegalStateException("down")));
        time.advance(Duration.ofMillis(50));
        backend.attempts.get(1).answer().complete(new AttemptOutcome.Unavailable(new IllegalStateException("down")));

        assertThat(done(waiting)).isInstanceOf(Unavailable.class);
    }

    @Test
    void aDefectOfTheBackendIsAnUnknownOutcome() {
        CompletableFuture<AcquireOutcome> tried = lock.acquireAsync(Duration.ZERO);
        backend.attempts.get(0).answer().completeExceptionally(new IllegalStateException("defect"));

        assertThat(done(tried))
                .isInstanceOfSatisfying(
                        Indeterminate.class, i -> assertThat(i.cause()).hasMessage("defect"));
    }

    @Test
    void closingEndsWaitsReleasesTheLeaseAndRefusesCalls() {
        Lease lease = harness.lease(Harness.options());
        CompletableFuture<Lease> waiting = lock.acquireAsync();
        Thread closer = new Thread(harness.client::close);
        closer.start();
        Awaitility.await().until(() -> {
            synchronized (backend.releases) {
                return !backend.releases.isEmpty();
            }
        });
        backend.confirmRelease();
        Awaitility.await().until(() -> backend.closed);

        assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
        assertThatThrownBy(waiting::join).hasCauseInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> lock.tryAcquire()).isInstanceOf(LockClosedException.class);
        harness.client.close();
    }

    @Test
    void aNegativeWaitIsRefused() {
        assertThatThrownBy(() -> lock.tryAcquire(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-1S");
        assertThat(backend.attempts).isEmpty();
    }

    @Test
    void aZeroWaitTryBehindAnotherCallIsContendedWithoutAnAttempt() {
        lock.acquireAsync();
        assertThat(done(lock.acquireAsync(Duration.ZERO)))
                .as("while the other's attempt is under way")
                .isEqualTo(new Contended(Optional.empty(), Optional.empty()));
        backend.refuse();
        assertThat(done(lock.acquireAsync(Duration.ZERO)))
                .as("while the other pauses")
                .isEqualTo(new Contended(Optional.empty(), Optional.empty()));
        assertThat(backend.attempts).hasSize(1);
    }

    @Test
    void aCallThatWaitsForeverOrNotAtAllNeedsNoTimer() {
        lock.acquireAsync();
        assertThat(time.pending()).isZero();
        harness.client.lock("b", Harness.options()).acquireAsync(Duration.ZERO);
        assertThat(time.pending()).isZero();
        harness.client.lock("c", Harness.options()).acquireAsync(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(time.pending()).as("longer than any clock counts").isZero();
    }

    @Test
    void aWaitThatHasEndedLeavesNoTimer() {
        CompletableFuture<AcquireOutcome> waiting = lock.acquireAsync(Duration.ofSeconds(5));
        backend.grant();
        assertThat(waiting).isCompleted();
        assertThat(time.pending()).as("the end of the lease's validity").isEqualTo(1);
    }

    @Test
    void aWakeUpThatEndsAPauseLeavesNoTimer() {
        lock.acquireAsync();
        lock.acquireAsync();
        backend.refuse();
        assertThat(time.pending()).as("one pause for all").isEqualTo(1);
        lock.acquireAsync();
        assertThat(time.pending()).isEqualTo(1);
        backend.wakeUps.get(0).run();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aCancelledWaiterLeavesNothingBehindFromThatMomentOn() {
        CompletableFuture<Lease> acquired = lock.acquireAsync();
        backend.refuse();
        acquired.cancel(false);

        assertThat(backend.wakeUps).isEmpty();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aCancelledCallInTheMiddleLeavesTheQueueAtOnce() {
        lock.acquireAsync();
        CompletableFuture<Lease> second = lock.acquireAsync();
        second.cancel(false);

        assertThat(harness.observer.told)
                .containsExactly("queue a 1", "queue a 1", "queue a -1", "waited a CANCELLED PT0S");
    }

    @Test
    void aWaiterThatComesForwardTriesOnceAtItsDeadlineThoughThePauseIsLonger() {
        CompletableFuture<Lease> first = lock.acquireAsync();
        backend.refuse();
        CompletableFuture<AcquireOutcome> second = lock.acquireAsync(Duration.ofMillis(20));
        first.cancel(false);
        time.advance(Duration.ofMillis(20));
        assertThat(backend.attempts).hasSize(2);
        backend.refuse();

        assertThat(done(second)).isInstanceOf(Contended.class);
    }

    @Test
    void theNextWaiterSitsOutThePauseOfOneWhoseTryWasRefused() {
        CompletableFuture<AcquireOutcome> first = lock.acquireAsync(Duration.ZERO);
        lock.acquireAsync();
        backend.refuse();
        assertThat(done(first)).isInstanceOf(Contended.class);
        time.advance(Harness.PAUSE.minusNanos(1));
        assertThat(backend.attempts).hasSize(1);

        time.advance(Duration.ofNanos(1));
        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void theTryAfterAHoldersLeaseComesJustAfterItsEnd() {
        lock.acquireAsync();
        backend.refuse(Duration.ofMillis(7));
        time.advance(Duration.ofMillis(8).minusNanos(1));
        assertThat(backend.attempts).hasSize(1);
        time.advance(Duration.ofNanos(1));
        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void aBackoffOfZeroDoesNotSpin() {
        harness.client
                .lock("a", Harness.options().withBackoff((failures, random) -> Duration.ZERO))
                .acquireAsync();
        backend.refuse();
        time.advance(Duration.ofNanos(99_999));
        assertThat(backend.attempts).hasSize(1);
        time.advance(Duration.ofNanos(1));
        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void theBackoffCountsTheFailuresOfAWaitFromOne() {
        List<Integer> counts = new ArrayList<>();
        DistributedLock counted = harness.client.lock("a", Harness.options().withBackoff((failures, random) -> {
            counts.add(failures);
            return Harness.PAUSE;
        }));
        CompletableFuture<Lease> acquired = counted.acquireAsync();
        CompletableFuture<Lease> next = counted.acquireAsync();
        backend.refuse();
        time.advance(Harness.PAUSE);
        backend.refuse();
        time.advance(Harness.PAUSE);
        backend.grant();
        done(acquired).releaseAsync();
        backend.confirmRelease();
        backend.refuse();
        next.cancel(false);
        counted.acquireAsync();
        backend.refuse();

        assertThat(counts).as("anew after a grant, and after all have left").containsExactly(1, 2, 1, 1);
    }

    @Test
    void aBackoffThatFailsCostsAQuarterOfASecond() {
        harness.client
                .lock("a", Harness.options().withBackoff((failures, random) -> {
                    throw new IllegalStateException("backoff");
                }))
                .acquireAsync();
        backend.refuse();
        time.advance(Duration.ofMillis(250).minusNanos(1));
        assertThat(backend.attempts).hasSize(1);
    }

    @Test
    void wakeUpsAreAskedForOnceAndOnlyByOneThatWaitsAfterContention() {
        lock.acquireAsync(Duration.ZERO);
        backend.refuse();
        assertThat(backend.subscriptions).isZero();

        lock.acquireAsync();
        ScriptedBackend.last(backend.attempts)
                .answer()
                .complete(new AttemptOutcome.Unavailable(new IllegalStateException("down")));
        assertThat(backend.subscriptions).isZero();
        for (int i = 0; i < 3; i++) {
            time.advance(Harness.PAUSE);
            backend.refuse();
        }
        assertThat(backend.subscriptions).isEqualTo(1);
    }

    @Test
    void aBackendWithoutWakeUpsIsNotAskedForThem() {
        Harness polling = new Harness(ScriptedBackend.capabilities(false));
        polling.lock().acquireAsync();
        polling.backend.refuse();
        polling.time.advance(Harness.PAUSE);

        assertThat(polling.backend.subscriptions).isZero();
        assertThat(polling.backend.attempts).hasSize(2);
    }

    @Test
    void wakeUpsThatCannotBeHadLeavePolling() {
        backend.onSubscribe = () -> {
            throw new IllegalStateException("no subscription");
        };
        lock.acquireAsync();
        backend.refuse();
        time.advance(Harness.PAUSE);
        assertThat(backend.attempts).hasSize(2);
    }

    @Test
    void aCallCancelledWhileItsQueueAsksForWakeUpsLeavesNothingBehind() {
        CompletableFuture<Lease> acquired = lock.acquireAsync();
        backend.onSubscribe = () -> acquired.cancel(false);
        backend.refuse();

        assertThat(backend.wakeUps).isEmpty();
        assertThat(time.pending()).isZero();
        time.advance(Harness.PAUSE);
        assertThat(backend.attempts).hasSize(1);
    }

    @Test
    void aCallInterruptedDuringItsAttemptTriesNoMore() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(lock::acquire).isInstanceOf(InterruptedException.class);
        backend.refuse();
        time.advance(Duration.ofSeconds(1));

        assertThat(backend.attempts).hasSize(1);
        assertThat(time.pending()).isZero();
    }

    @Test
    void aLeaseForAFutureThatItsUserCancelledBeforeHearingOfItIsReleased() {
        harness.callbacks.keep();
        CompletableFuture<AcquireOutcome> user = lock.acquireAsync(Duration.ofSeconds(5));
        backend.grant();
        assertThat(user).as("told on the callbacks' threads").isNotDone();
        user.cancel(false);
        harness.callbacks.run();

        assertThat(backend.releases).hasSize(1);
    }

    @Test
    void blockingTriesGiveALeaseOrSayWhatWentWrong() throws InterruptedException {
        backend.standing = Optional.of(AttemptOutcome.Contended.of(null, null));
        assertThat(lock.tryAcquire()).isEmpty();
        backend.standing = Optional.of(new AttemptOutcome.Unavailable(new IllegalStateException("down")));
        assertThatThrownBy(lock::tryAcquire).isInstanceOfSatisfying(LockUnavailableException.class, e -> {
            assertThat(e)
                    .hasMessage("scripted: lock 'a' could not be tried: down")
                    .hasRootCauseMessage("down");
            assertThat(e.name()).contains("a");
            assertThat(e.holder()).contains("me");
        });
        backend.standing = Optional.of(new AttemptOutcome.Indeterminate(new IllegalStateException("lost")));
        assertThatThrownBy(() -> lock.tryAcquire(Duration.ZERO))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage("scripted: lock 'a' was tried with an unknown outcome: lost");
        backend.standing = Optional.of(
                new AttemptOutcome.Acquired(new Grant("a", UUID.randomUUID(), new FencingToken(7), Harness.TTL)));
        assertThat(lock.tryAcquire(Duration.ofSeconds(1)))
                .hasValueSatisfying(lease -> assertThat(lease.token().value()).isEqualTo(7));
    }

    @Test
    void theMetadataOfALockIsAddedToTheClientsOwn() {
        harness.client
                .lock("a", Harness.options().withMetadata(Map.of("host", "there", "purpose", "test")))
                .acquireAsync();
        assertThat(ScriptedBackend.last(backend.attempts).request().metadata())
                .containsOnly(Map.entry("host", "there"), Map.entry("purpose", "test"));
    }

    @Test
    void theEndOfThisClientsLeaseEndsAPauseThatBeganBeforeIt() {
        CompletableFuture<Lease> first = lock.acquireAsync();
        lock.acquireAsync();
        backend.refuse();
        backend.wakeUps.get(0).run();
        backend.grant();
        done(first).releaseAsync();
        backend.confirmRelease();

        assertThat(backend.attempts).hasSize(3);
    }

    @Test
    void anUnavailableBackendIsNotContention() {
        lock.acquireAsync();
        ScriptedBackend.last(backend.attempts)
                .answer()
                .complete(new AttemptOutcome.Unavailable(new IllegalStateException("down")));
        time.advance(Harness.PAUSE);
        assertThat(ScriptedBackend.last(backend.attempts).request().afterContention())
                .isFalse();
    }
}
