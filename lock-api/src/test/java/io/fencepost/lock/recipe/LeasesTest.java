package io.fencepost.lock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseLostException;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClosedException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Actions under a lease: what they return, what they fail with, and that the lock is free after each. */
class LeasesTest {
    private static final Duration BEYOND_TTL = Peers.TTL.plusSeconds(1);

    @RegisterExtension
    final Peers peers = new Peers();

    private final DistributedLock lock = peers.us.lock("a", Peers.options());

    @Test
    void anActionRunsUnderALeaseAndItsResultComesBack() throws Exception {
        String result = Leases.withLease(lock, lease -> {
            assertThat(peers.holderOf("a")).isEqualTo("us");
            return "done with " + lease.name();
        });
        assertThat(result).isEqualTo("done with a");
        assertThat(peers.isFree("a")).isTrue();

        assertThat(Leases.withLease(lock, Duration.ZERO, Lease::name)).contains("a");
        assertThat(peers.isFree("a")).isTrue();
    }

    @Test
    void anActionWithoutAResultRunsToo() throws Exception {
        List<FencingToken> seen = new ArrayList<>();
        Leases.runWithLease(lock, lease -> seen.add(lease.token()));
        assertThat(Leases.runWithLease(lock, Duration.ZERO, lease -> seen.add(lease.token())))
                .isTrue();
        assertThat(seen).hasSize(2).isSorted().doesNotHaveDuplicates();
        assertThat(peers.isFree("a")).isTrue();
    }

    @Test
    void noneRunsWhileSomebodyElseHoldsTheLock() throws Exception {
        Lease theirs = peers.theirs("a");
        List<String> ran = new ArrayList<>();
        assertThat(Leases.withLease(lock, Duration.ofMillis(1), lease -> ran.add("function")))
                .isEmpty();
        assertThat(Leases.<RuntimeException>runWithLease(lock, Duration.ZERO, lease -> ran.add("action")))
                .isFalse();
        LeaseResult<Boolean> result = Leases.tryWithLease(lock, Duration.ZERO, lease -> ran.add("try"));
        assertThat(result).isEqualTo(new LeaseResult.NotRun<>());
        assertThat(result.orThrow()).isEmpty();
        assertThat(ran).isEmpty();
        assertThat(theirs.isValid()).isTrue();
    }

    @Test
    void whatAnActionFailsWithPassesThroughAndTheLockIsFree() throws Exception {
        IOException failure = new IOException("disk full");
        // the compiler knows that it is an IOException and nothing wider
        try {
            Leases.runWithLease(lock, lease -> {
                throw failure;
            });
        } catch (IOException e) {
            assertThat(e).isSameAs(failure).hasNoSuppressedExceptions();
        }
        assertThat(peers.isFree("a")).isTrue();

        assertThatThrownBy(() -> Leases.withLease(lock, Duration.ZERO, lease -> {
                    throw new StackOverflowError("deep");
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(peers.isFree("a")).isTrue();
    }

    @Test
    void anActionThatOutlivesItsLeaseEndsInItsLoss() throws Exception {
        List<Lease> used = new ArrayList<>();
        assertThatThrownBy(() -> Leases.runWithLease(lock, lease -> {
                    used.add(lease);
                    peers.push(BEYOND_TTL);
                }))
                .isInstanceOfSatisfying(LeaseLostException.class, e -> {
                    assertThat(e.name()).contains("a");
                    assertThat(e.token()).contains(used.get(0).token());
                });
        assertThat(used.get(0).state()).isEqualTo(LeaseState.LOST);
        assertThat(peers.isFree("a")).isTrue();
    }

    @Test
    void theResultOfAnActionThatOutlivedItsLeaseIsThereForThoseWhoAsk() throws Exception {
        LeaseResult<String> result = Leases.tryWithLease(lock, Duration.ZERO, lease -> {
            peers.push(BEYOND_TTL);
            return "written all the same";
        });
        assertThat(result).isInstanceOfSatisfying(LeaseResult.Outlived.class, outlived -> {
            assertThat(outlived.value()).isEqualTo("written all the same");
            assertThat(outlived.loss().name()).contains("a");
        });
        assertThatThrownBy(result::orThrow).isInstanceOf(LeaseLostException.class);

        LeaseResult<String> next = Leases.tryWithLease(lock, Duration.ZERO, lease -> "in time");
        assertThat(next)
                .isInstanceOfSatisfying(
                        LeaseResult.Completed.class,
                        completed -> assertThat(completed.value()).isEqualTo("in time"));
        assertThat(next.orThrow()).contains("in time");
    }

    @Test
    void aLockThatWasTakenAwayUnnoticedIsALossWhenTheReleaseTells() {
        assertThatThrownBy(() -> Leases.withLease(lock, lease -> {
                    peers.take("a");
                    assertThat(lease.state()).isEqualTo(LeaseState.HELD);
                    return "not noticed";
                }))
                .isInstanceOf(LeaseLostException.class);
    }

    /** A lease of which something happens right after somebody has looked at its state for the first time. */
    private static Lease interleaved(Lease real, Runnable then) {
        AtomicBoolean looked = new AtomicBoolean();
        return (Lease) Proxy.newProxyInstance(
                LeasesTest.class.getClassLoader(), new Class<?>[] {Lease.class}, (lease, method, arguments) -> {
                    Object answer = method.invoke(real, arguments);
                    if (method.getName().equals("state") && !looked.getAndSet(true)) {
                        then.run();
                    }
                    return answer;
                });
    }

    @Test
    void aLossThatIsAsLateAsCanBeIsNotMissed() throws Exception {
        for (Runnable loss : List.<Runnable>of(() -> peers.push(BEYOND_TTL), this::take)) {
            Lease lease = lock.tryAcquire(Duration.ofSeconds(10)).orElseThrow();
            assertThat(Leases.release(interleaved(lease, loss))).isPresent();
            assertThat(peers.isFree("a")).isTrue();
        }
    }

    private void take() {
        try {
            peers.take("a");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCloseThatCoincidesWithTheReleasePassesForALossAndNotForMore() throws Exception {
        Lease lease = lock.tryAcquire().orElseThrow();
        assertThat(Leases.release(interleaved(lease, peers.us::close))).isPresent();
        assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
        assertThat(peers.isFree("a")).isTrue();
    }

    @Test
    void aFailureIsNotHiddenByTheLossOfTheLease() {
        Throwable failure = catchThrowable(() -> Leases.withLease(lock, lease -> {
            peers.push(BEYOND_TTL);
            throw new IOException("too slow a disk");
        }));
        assertThat(failure).isInstanceOf(IOException.class);
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(LeaseLostException.class);
    }

    @Test
    void anActionMayReleaseItsLeaseEarly() throws Exception {
        Optional<String> result = Leases.withLease(lock, Duration.ZERO, lease -> {
            lease.release();
            peers.theirs("a");
            return "early";
        });
        assertThat(result).contains("early");
        assertThat(peers.holderOf("a")).isEqualTo("them");
    }

    @Test
    void aReleaseThatIsNotAnsweredDoesNotTakeTheResultOfAnInterruptedThread() throws Exception {
        peers.backend.silentRelease = "a";
        String result = Leases.withLease(lock, lease -> {
            Thread.currentThread().interrupt();
            return "done";
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result).isEqualTo("done");
        assertThat(peers.backend.releases).containsExactly("a");
    }

    @Test
    void anInterruptBeforeTheLeaseKeepsTheActionFromBeginning() throws Exception {
        Lease theirs = peers.theirs("a");
        List<String> ran = new ArrayList<>();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Leases.withLease(lock, lease -> ran.add("ran")))
                .isInstanceOf(InterruptedException.class);
        theirs.release();
        assertThat(ran).isEmpty();
        assertThat(lock.tryAcquire(Duration.ofSeconds(10))).isPresent();
    }

    @Test
    void aClosedClientRunsNothing() {
        peers.us.close();
        assertThatThrownBy(() -> Leases.withLease(lock, Lease::name)).isInstanceOf(LockClosedException.class);
    }
}
