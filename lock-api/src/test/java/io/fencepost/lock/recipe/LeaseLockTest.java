package io.fencepost.lock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseLostException;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.spi.AttemptOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The view of a lock as a {@link java.util.concurrent.locks.Lock}. */
@Timeout(30)
@SuppressWarnings("LockNotBeforeTry") // what happens without try and finally is what most of these are about
class LeaseLockTest {
    private static final Duration BEYOND_TTL = Peers.TTL.plusSeconds(1);

    @RegisterExtension
    final Peers peers = new Peers();

    private final ExecutorService other = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "other-thread-of-test");
        thread.setDaemon(true);
        return thread;
    });
    private final LeaseLock lock = LeaseLock.of(peers.us.lock("a", Peers.options()));

    {
        peers.closing(other::shutdownNow);
    }

    private <T> T elsewhere(Callable<T> call) throws Exception {
        return other.submit(call).get(20, TimeUnit.SECONDS);
    }

    @Test
    void aThreadThatHoldsItMayLockAgainAndTheLastUnlockReleases() throws Exception {
        lock.lock();
        FencingToken token = lock.token();
        lock.lockInterruptibly();
        assertThat(lock.tryLock()).isTrue();
        assertThat(lock.tryLock(1, TimeUnit.SECONDS)).isTrue();
        assertThat(lock.token()).as("one lease for all holds").isEqualTo(token);
        assertThat(peers.backend.attempts).hasSize(1);
        for (int hold = 4; hold > 0; hold--) {
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            assertThat(peers.holderOf("a")).isEqualTo("us");
            lock.unlock();
        }
        assertThat(lock.isHeldByCurrentThread()).isFalse();
        assertThat(peers.isFree("a")).isTrue();

        lock.lock();
        assertThat(lock.token()).isGreaterThan(token);
        lock.unlock();
    }

    @Test
    void itBelongsToTheThread() throws Exception {
        lock.lock();
        assertThat(elsewhere(() -> lock.tryLock())).isFalse();
        assertThat(elsewhere(() -> lock.tryLock(1, TimeUnit.MILLISECONDS))).isFalse();
        assertThat(elsewhere(lock::isHeldByCurrentThread)).isFalse();
        assertThat(elsewhere(() -> {
                    assertThatThrownBy(lock::unlock)
                            .isInstanceOf(IllegalMonitorStateException.class)
                            .hasMessageContaining("'a'")
                            .hasMessageContaining("other-thread-of-test");
                    assertThatThrownBy(lock::token).isInstanceOf(IllegalMonitorStateException.class);
                    assertThatThrownBy(() -> lock.ensureValid(Duration.ZERO))
                            .isInstanceOf(IllegalMonitorStateException.class);
                    return peers.holderOf("a");
                }))
                .isEqualTo("us");

        lock.unlock();
        assertThat(elsewhere(() -> {
                    boolean got = lock.tryLock();
                    lock.unlock();
                    return got;
                }))
                .isTrue();
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
    }

    @Test
    void somebodyElsesLeaseKeepsItOutUntilItIsReleased() throws Exception {
        Lease theirs = peers.theirs("a");
        assertThat(lock.tryLock()).isFalse();
        assertThat(lock.tryLock(-1, TimeUnit.SECONDS)).isFalse();
        Future<FencingToken> waiting = other.submit(() -> {
            lock.lock();
            try {
                return lock.token();
            } finally {
                lock.unlock();
            }
        });
        assertThat(waiting).isNotDone();
        theirs.release();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isGreaterThan(theirs.token());
    }

    @Test
    void anInterruptDoesNotEndLockAndStaysNoted() throws Exception {
        Lease theirs = peers.theirs("a");
        Future<Boolean> waiting = other.submit(() -> {
            Thread.currentThread().interrupt();
            lock.lock();
            try {
                return Thread.interrupted();
            } finally {
                lock.unlock();
            }
        });
        Awaitility.await().until(() -> peers.backend.attempts.size() > 1);
        assertThat(waiting).isNotDone();
        theirs.release();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(peers.isFree("a")).isTrue();
    }

    @Test
    void aTryOfAnInterruptedThreadIsATry() {
        Thread.currentThread().interrupt();
        assertThat(lock.tryLock()).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        lock.unlock();
    }

    @Test
    void theOtherWaitsEndWithTheInterruptAndLeaveNothingBehind() throws Exception {
        Lease theirs = peers.theirs("a");
        for (Callable<?> wait : List.<Callable<?>>of(
                () -> {
                    lock.lockInterruptibly();
                    return true;
                },
                () -> lock.tryLock(1, TimeUnit.MINUTES))) {
            int before = peers.backend.attempts.size();
            CompletableFuture<Thread> waiter = new CompletableFuture<>();
            Future<Boolean> interrupted = other.submit(() -> {
                waiter.complete(Thread.currentThread());
                try {
                    wait.call();
                    return false;
                } catch (InterruptedException e) {
                    return !lock.isHeldByCurrentThread();
                }
            });
            Awaitility.await().until(() -> peers.backend.attempts.size() > before);
            waiter.join().interrupt();
            assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
        }
        theirs.release();
        assertThat(lock.tryLock(10, TimeUnit.SECONDS)).isTrue();
        lock.unlock();

        Thread.currentThread().interrupt();
        assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> lock.tryLock(1, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(peers.isFree("a")).isTrue();
    }

    @Test
    void anUnlockAfterTheLossThrowsAndTheThreadHoldsNothing() throws Exception {
        lock.lock();
        lock.lock();
        peers.push(BEYOND_TTL);
        assertThatThrownBy(() -> lock.ensureValid(Duration.ZERO)).isInstanceOf(LeaseLostException.class);
        lock.unlock();
        assertThat(lock.isHeldByCurrentThread())
                .as("only the last hold is released")
                .isTrue();
        assertThatThrownBy(lock::unlock)
                .isInstanceOfSatisfying(
                        LeaseLostException.class, e -> assertThat(e.name()).contains("a"));
        assertThat(lock.isHeldByCurrentThread()).isFalse();

        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
    }

    @Test
    void aReentrantCallOnALostLeaseThrowsAndCountsNothing() throws Exception {
        lock.lock();
        peers.push(BEYOND_TTL);
        assertThatThrownBy(lock::lock).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> lock.tryLock()).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> lock.tryLock(1, TimeUnit.SECONDS)).isInstanceOf(LeaseLostException.class);
        assertThat(elsewhere(() -> lock.tryLock())).as("others are let in").isTrue();
        assertThatThrownBy(lock::unlock).isInstanceOf(LeaseLostException.class);
        assertThat(lock.isHeldByCurrentThread()).isFalse();
        assertThat(peers.holderOf("a"))
                .as("the other thread's lease is untouched")
                .isEqualTo("us");
    }

    @Test
    void anUnlockTellsOfALockThatWasTakenAwayUnnoticed() throws Exception {
        lock.lock();
        peers.take("a");
        lock.ensureValid(Duration.ZERO);
        assertThatThrownBy(lock::unlock).isInstanceOf(LeaseLostException.class);
    }

    @Test
    void aClosedClientIsALossForTheHolderAndAnEndForTheOthers() {
        lock.lock();
        peers.us.close();
        assertThatThrownBy(lock::unlock).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(lock::lock).isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> lock.tryLock()).isInstanceOf(LockClosedException.class);
    }

    @Test
    void faultsOfTheBackendAreNoContention() {
        peers.backend.onAttempt = request -> Optional.of(new AttemptOutcome.Unavailable(peers.backend.fault));
        assertThatThrownBy(() -> lock.tryLock())
                .isInstanceOf(LockUnavailableException.class)
                .hasMessageContaining("'a'")
                .hasCause(peers.backend.fault);
        peers.backend.onAttempt = request -> Optional.of(new AttemptOutcome.Indeterminate(peers.backend.fault));
        assertThatThrownBy(() -> lock.tryLock())
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("'a'")
                .hasCause(peers.backend.fault);
        assertThat(lock.isHeldByCurrentThread()).isFalse();
    }

    @Test
    void itHasNoConditions() {
        assertThatThrownBy(lock::newCondition).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void threadsOfTwoClientsExcludeEachOther() throws Exception {
        LeaseLock theirView = LeaseLock.of(peers.them.lock("a", Peers.options()));
        int[] counter = new int[1];
        List<Future<?>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            LeaseLock view = i % 2 == 0 ? lock : theirView;
            threads.add(other.submit(() -> {
                for (int n = 0; n < 100; n++) {
                    view.lock();
                    try {
                        counter[0]++;
                    } finally {
                        view.unlock();
                    }
                }
            }));
        }
        for (Future<?> thread : threads) {
            thread.get(20, TimeUnit.SECONDS);
        }
        assertThat(counter[0]).isEqualTo(400);
    }
}
