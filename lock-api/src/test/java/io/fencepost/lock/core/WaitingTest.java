package io.fencepost.lock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.AcquireOutcome.Contended;
import io.fencepost.lock.AcquireOutcome.Indeterminate;
import io.fencepost.lock.AcquireOutcome.Unavailable;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How calls for one lock queue, try, pause and end. */
class WaitingTest {
    private final Harness harness = new Harness();
    private final ScriptedBackend backend = harness.backend;
    private final ManualTime time = harness.time;
    private final DistributedLock lock = harness.lock();

    @Test
    void aFreeLockTakesOneAttempt() {
        CompletableFuture<Lease> acquired = lock.acquireAsync();
        backend.grant();

        assertThat(acquired.join().token().value()).isEqualTo(1);
        assertThat(backend.attempts).hasSize(1);
        assertThat(backend.attempts.get(0).request().metadata()).containsEntry("host", "here");
    }

    @Test
    void aZeroWaitTryOnAHeldLockIsContendedAfterOneAttempt() {
        CompletableFuture<AcquireOutcome> tried = lock.acquireAsync(Duration.ZERO);
        backend.refuse(Duration.ofSeconds(3));

        assertThat(tried.join()).isInstanceOfSatisfying(Contended.class, contended -> {
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
        assertThat(second.join().join()).isInstanceOf(AcquireOutcome.Acquired.class);
    }

    @Test
    void theClientsOwnLeaseAnswersATryWithoutTheBackend() {
        harness.lease(Harness.options());

        assertThat(lock.acquireAsync(Duration.ZERO).join())
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
        Lease lease = first.join();
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
        assertThat(waiting.join()).isInstanceOf(Contended.class);
        assertThat(backend.wakeUps).isEmpty();
        assertThat(time.pending()).isZero();
    }

    @Test
    void aWaiterBehindAnotherEndsAtItsDeadlineWithoutAnAttempt() {
        lock.acquireAsync();
        backend.refuse();
        CompletableFuture<AcquireOutcome> second = lock.acquireAsync(Duration.ofMillis(20));
        time.advance(Duration.ofMillis(20));

        assertThat(second.join()).isInstanceOf(Contended.class);
        assertThat(backend.attempts).hasSize(1);
    }

    @Test
    void aWaiterBehindThisClientsLeaseEndsAtItsDeadline() {
        harness.lease(Harness.options());
        CompletableFuture<AcquireOutcome> waiting = lock.acquireAsync(Duration.ofMillis(20));
        time.advance(Duration.ofMillis(20));

        assertThat(waiting.join()).isInstanceOf(Contended.class);
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
        assertThat(next.join().token().value()).isEqualTo(2);
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

        assertThat(waiting.join()).isInstanceOf(Contended.class);
    }

    @Test
    void aLateGrantWhoseReleaseIsUnansweredLeavesTheOutcomeUnknown() {
        CompletableFuture<AcquireOutcome> tried = lock.acquireAsync(Duration.ZERO);
        time.jump(Harness.USABLE);
        backend.grant();
        ScriptedBackend.last(backend.releases)
                .answer()
                .complete(new ReleaseOutcome.Indeterminate(new IllegalStateException("no answer")));

        assertThat(tried.join()).isInstanceOf(Indeterminate.class);
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

        assertThat(acquired.join().remainingValidity()).isEqualTo(Harness.USABLE.minusSeconds(4));
    }

    @Test
    void anAnswerThatTookTheWholeValidityGivesNoLeaseAndIsReleased() {
        CompletableFuture<AcquireOutcome> tried = lock.acquireAsync(Duration.ZERO);
        time.jump(Harness.USABLE);
        backend.grant();
        assertThat(backend.releases).hasSize(1);
        backend.confirmRelease();

        assertThat(tried.join())
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

        assertThat(waiting.join()).isInstanceOf(Unavailable.class);
    }

    @Test
    void aDefectOfTheBackendIsAnUnknownOutcome() {
        CompletableFuture<AcquireOutcome> tried = lock.acquireAsync(Duration.ZERO);
        backend.attempts.get(0).answer().completeExceptionally(new IllegalStateException("defect"));

        assertThat(tried.join())
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
}
