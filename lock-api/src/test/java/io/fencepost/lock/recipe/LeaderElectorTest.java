package io.fencepost.lock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.spi.AttemptOutcome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Elections, ends of terms, listeners that misbehave, and closes at every moment. */
@Timeout(60)
class LeaderElectorTest {
    private static final Duration MARGIN = Duration.ofSeconds(15);
    /** So much that less than the margin is left, and still enough that nothing ends during a test. */
    private static final Duration INTO_MARGIN = Peers.TTL.minusSeconds(10);

    private static final Duration BEYOND_TTL = Peers.TTL.plusSeconds(1);

    @RegisterExtension
    final Peers peers = new Peers();

    /** What a listener was told, in that order. */
    private static final class Told implements LeadershipListener {
        record Event(boolean elected, Leadership leadership) {}

        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private volatile Consumer<Leadership> onElected = leadership -> {};
        private volatile Consumer<Leadership> onEnded = leadership -> {};

        @Override
        public void elected(Leadership leadership) {
            events.add(new Event(true, leadership));
            onElected.accept(leadership);
        }

        @Override
        public void ended(Leadership leadership) {
            events.add(new Event(false, leadership));
            onEnded.accept(leadership);
        }

        private Leadership next(boolean elected) {
            try {
                Event event = Objects.requireNonNull(
                        events.poll(20, TimeUnit.SECONDS), () -> "not told; elected: " + elected);
                assertThat(event.elected()).isEqualTo(elected);
                return event.leadership();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        Leadership elected() {
            return next(true);
        }

        Leadership ended() {
            return next(false);
        }
    }

    private LeaderElector start(LockClient client, LeadershipListener listener) {
        return peers.closing(LeaderElector.start(client, "leader", Peers.options(), MARGIN, listener));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whatever interrupts it. */
    private static void awaitStubbornly(CountDownLatch latch) {
        while (true) {
            try {
                assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
                return;
            } catch (InterruptedException e) {
                // as a listener that knows no better
            }
        }
    }

    /** Awaits it without the first pause of Awaitility, which many turns would add up. */
    private static void soon(Callable<Boolean> condition) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(condition);
    }

    private static void allThreadsEnd() {
        soon(() -> threadsOfElectors() == 0);
    }

    private static long threadsOfElectors() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("fencepost-leader"))
                .count();
    }

    @Test
    void oneLeadsAndAnotherWhenItHasResigned() throws Exception {
        Told ours = new Told();
        Told theirs = new Told();
        LeaderElector us = start(peers.us, ours);
        Leadership first = ours.elected();
        assertThat(first.isValid()).isTrue();
        assertThat(first.remainingValidity()).isPositive().isLessThanOrEqualTo(Peers.TTL.minus(MARGIN));
        assertThat(us.leadership()).contains(first);
        assertThat(us.name()).isEqualTo("leader");

        LeaderElector them = start(peers.them, theirs);
        ours.onEnded = leadership -> {
            assertThat(leadership.isValid()).isFalse();
            ours.events.add(new Told.Event(theirs.events.isEmpty(), leadership));
        };
        assertThat(them.leadership()).isEmpty();
        us.close();
        assertThat(us.leadership()).isEmpty();
        assertThat(ours.ended()).isSameAs(first);
        assertThat(ours.next(true)).as("nobody was elected before it was told").isSameAs(first);
        assertThat(first.remainingValidity()).isZero();

        Leadership second = theirs.elected();
        assertThat(second.term()).isGreaterThan(first.term());
        assertThat(them.leadership()).contains(second);
        assertThat(ours.events).isEmpty();
    }

    @Test
    void aTermIsOverTheMarginBeforeItsValidityThoughNobodyAsks() throws Exception {
        Told told = new Told();
        CompletableFuture<String> holderAtTheEnd = new CompletableFuture<>();
        told.onEnded = leadership -> {
            try {
                holderAtTheEnd.complete(peers.holderOf("leader"));
            } catch (InterruptedException e) {
                holderAtTheEnd.completeExceptionally(e);
            }
        };
        peers.closing(LeaderElector.start(
                peers.us, "leader", Peers.manual(Duration.ofSeconds(2)), Duration.ofSeconds(1), told));
        Leadership first = told.elected();
        assertThat(told.ended()).isSameAs(first);
        assertThat(holderAtTheEnd.join()).as("still ours for the margin").isEqualTo("us");
        assertThat(told.elected().term()).as("it campaigns again").isGreaterThan(first.term());
    }

    @Test
    void whoAsksSeesTheEndWhateverThreadsAreLate() throws Exception {
        Told told = new Told();
        LeaderElector elector = start(peers.us, told);
        Leadership first = told.elected();
        peers.push(INTO_MARGIN);
        assertThat(elector.leadership()).isEmpty();
        assertThat(first.isValid()).isFalse();
        assertThat(told.ended()).isSameAs(first);
        assertThat(told.elected().term()).isGreaterThan(first.term());
    }

    @Test
    void aProcessThatWasPausedBeyondItsLeaseDoesNotLead() throws Exception {
        Told told = new Told();
        LeaderElector elector = start(peers.us, told);
        Leadership first = told.elected();
        peers.push(BEYOND_TTL);
        assertThat(first.isValid()).isFalse();
        assertThat(elector.leadership().map(Leadership::term)).isNotEqualTo(Optional.of(first.term()));
        assertThat(told.ended()).isSameAs(first);
        Leadership second = told.elected();
        assertThat(second.term()).isGreaterThan(first.term());
        assertThat(second.isValid()).isTrue();
    }

    @Test
    void aRenewalThatFailsEndsTheTermWhileTheLeaseIsStillValid() throws Exception {
        Told told = new Told();
        CompletableFuture<String> holderAtTheEnd = new CompletableFuture<>();
        told.onEnded = leadership -> {
            peers.backend.renewing = true;
            try {
                holderAtTheEnd.complete(peers.holderOf("leader"));
            } catch (InterruptedException e) {
                holderAtTheEnd.completeExceptionally(e);
            }
        };
        peers.backend.renewing = false;
        peers.closing(LeaderElector.start(peers.us, "leader", LockOptions.ttl(Duration.ofSeconds(2)), told));
        Leadership first = told.elected();
        assertThat(told.ended()).isSameAs(first);
        assertThat(holderAtTheEnd.join()).isEqualTo("us");
        assertThat(told.elected().term()).isGreaterThan(first.term());
    }

    @Test
    void aTermGoesOnForAsLongAsItIsRenewed() throws Exception {
        Told told = new Told();
        LockOptions options = LockOptions.ttl(Duration.ofMillis(600));
        LeaderElector elector = peers.closing(LeaderElector.start(peers.us, "leader", options, told));
        Leadership first = told.elected();
        Awaitility.await()
                .during(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(20))
                .until(first::isValid);
        assertThat(elector.leadership()).contains(first);
        assertThat(told.events).isEmpty();
    }

    @Test
    void aTermThatIsOverBeforeItCouldBeToldIsNotTold() throws Exception {
        Told told = new Told();
        AtomicInteger grants = new AtomicInteger();
        // as if the answer had taken so long that less than the margin is left
        peers.backend.validity = grant -> grants.incrementAndGet() <= 3 ? MARGIN.minusSeconds(1) : grant.validity();
        start(peers.us, told);
        assertThat(told.elected().isValid()).isTrue();
        assertThat(grants).hasValue(4);
        assertThat(told.events).isEmpty();
    }

    @Test
    void aCallOfElectedThatStillRunsIsInterruptedWhenTheTermEndsAndNoOtherCallIs() throws Exception {
        Told told = new Told();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        told.onElected = leadership -> {
            try {
                TimeUnit.SECONDS.sleep(20);
                seen.add("not interrupted");
            } catch (InterruptedException e) {
                // and once more, which is the interrupt of that call too
                Thread.currentThread().interrupt();
                seen.add("interrupted, valid: " + leadership.isValid());
            }
        };
        told.onEnded = leadership ->
                seen.add("ended, interrupted: " + Thread.currentThread().isInterrupted());
        LeaderElector elector = start(peers.us, told);
        told.elected();
        peers.push(INTO_MARGIN);
        assertThat(elector.leadership()).isEmpty();
        told.ended();
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("interrupted, valid: false");
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("ended, interrupted: false");
        told.elected();
        elector.close();
        told.ended();
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("interrupted, valid: false");
    }

    @Test
    void aListenerThatDoesNotReturnCostsTheLockAtTheEndOfValidityAndKeepsThisCandidateOut() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        peers.closing(stuck::countDown);
        Told ours = new Told();
        ours.onEnded = leadership -> awaitStubbornly(stuck);
        Told theirs = new Told();
        Duration ttl = Duration.ofSeconds(3);
        LeaderElector us =
                peers.closing(LeaderElector.start(peers.us, "leader", Peers.manual(ttl), Duration.ofSeconds(1), ours));
        Leadership first = ours.elected();
        peers.push(Duration.ofMillis(2_500));
        assertThat(us.leadership()).isEmpty();
        ours.ended();

        LeaderElector them = start(peers.them, theirs);
        assertThat(theirs.elected().term()).isGreaterThan(first.term());
        them.close();
        int attempts = peers.backend.attempts.size();
        Awaitility.await()
                .during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(20))
                .until(() -> peers.isFree("leader"));
        assertThat(peers.backend.attempts).hasSize(attempts);
        assertThat(us.leadership()).isEmpty();

        stuck.countDown();
        assertThat(ours.elected().term()).isGreaterThan(first.term());
    }

    @Test
    void aCallOfElectedThatIgnoresTheInterruptKeepsNobodyElseOut() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        peers.closing(stuck::countDown);
        Told ours = new Told();
        ours.onElected = leadership -> awaitStubbornly(stuck);
        LeaderElector us = start(peers.us, ours);
        Leadership first = ours.elected();
        peers.push(BEYOND_TTL);
        assertThat(us.leadership()).isEmpty();
        Told theirs = new Told();
        start(peers.them, theirs);
        assertThat(theirs.elected().term()).isGreaterThan(first.term());
        assertThat(ours.events).as("its end waits for its begin to return").isEmpty();
        stuck.countDown();
        assertThat(ours.ended()).isSameAs(first);
    }

    @Test
    void whatListenersThrowChangesNothing() throws Exception {
        Told told = new Told();
        told.onElected = leadership -> {
            throw new IllegalStateException("as the test wants it");
        };
        told.onEnded = leadership -> {
            throw new StackOverflowError("as the test wants it");
        };
        LeaderElector elector = start(peers.us, told);
        Leadership first = told.elected();
        assertThat(elector.leadership()).contains(first);
        peers.push(INTO_MARGIN);
        assertThat(elector.leadership()).isEmpty();
        assertThat(told.ended()).isSameAs(first);
        told.elected();
        elector.close();
        told.ended();
        assertThat(peers.isFree("leader")).isTrue();
    }

    @Test
    void anOutageDelaysTheElectionAndIsNotHammered() throws Exception {
        peers.backend.onAttempt = request -> Optional.of(new AttemptOutcome.Unavailable(peers.backend.fault));
        Told told = new Told();
        LockOptions patient = Peers.options().withBackoff((failures, random) -> Duration.ofMillis(20));
        LeaderElector elector = peers.closing(LeaderElector.start(peers.us, "leader", patient, MARGIN, told));
        long begin = System.nanoTime();
        soon(() -> peers.backend.attempts.size() >= 5);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(50));
        assertThat(elector.leadership()).isEmpty();
        assertThat(told.events).isEmpty();
        peers.backend.onAttempt = request -> Optional.empty();
        told.elected();
    }

    /** Calls {@code real} as a proxy's handler should, so that what it throws arrives. */
    private static Object passedOn(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    /** A client whose locks fail as often as told when they are asked for a lease. */
    private LockClient failing(AtomicInteger times, Throwable fault) {
        return proxied((real, call, arguments) -> {
            if (call.getName().equals("acquireAsync") && times.getAndDecrement() > 0) {
                throw fault;
            }
            return passedOn(real, call, arguments);
        });
    }

    /** A client whose leases refuse listeners as often as told. */
    private LockClient refusingListeners(AtomicInteger times) {
        return proxied((real, call, arguments) -> {
            Object answer = passedOn(real, call, arguments);
            return call.getName().equals("acquireAsync")
                    ? ((CompletableFuture<?>) answer).thenApply(lease -> refusingListeners((Lease) lease, times))
                    : answer;
        });
    }

    private Lease refusingListeners(Lease real, AtomicInteger times) {
        return (Lease) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Lease.class}, (lease, call, arguments) -> {
                    if (call.getName().equals("onStateChange") && times.getAndDecrement() > 0) {
                        throw peers.backend.fault;
                    }
                    return passedOn(real, call, arguments);
                });
    }

    private interface Calls {
        Object answer(DistributedLock real, Method call, Object[] arguments) throws Throwable;
    }

    /** Our client, with locks that answer so. */
    private LockClient proxied(Calls calls) {
        return (LockClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LockClient.class}, (client, method, arguments) -> {
                    if (!method.getName().equals("lock")) {
                        return method.invoke(peers.us, arguments);
                    }
                    DistributedLock real = peers.us.lock((String) arguments[0], (LockOptions) arguments[1]);
                    return Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {DistributedLock.class},
                            (lock, call, given) -> calls.answer(real, call, given));
                });
    }

    static Stream<Throwable> defects() {
        return Stream.of(
                new IllegalStateException("as the test wants it"), new NoClassDefFoundError("as the test wants it"));
    }

    @ParameterizedTest
    @MethodSource("defects")
    void aDefectOfTheClientDelaysTheElectionToo(Throwable defect) throws Exception {
        AtomicInteger times = new AtomicInteger(3);
        Told told = new Told();
        AtomicInteger pauses = new AtomicInteger();
        LockOptions options = Peers.options().withBackoff((failures, random) -> {
            assertThat(failures).isEqualTo(pauses.incrementAndGet());
            if (failures == 2) {
                throw new AssertionError("and so does the backoff, once");
            }
            return Duration.ofMillis(1);
        });
        peers.closing(LeaderElector.start(failing(times, defect), "leader", options, MARGIN, told));
        told.elected();
        assertThat(pauses).hasValue(3);
    }

    @Test
    void aLeaseThatTakesNoListenerIsReleasedAndNobodyIsToldOfIt() throws Exception {
        AtomicInteger times = new AtomicInteger(2);
        Told told = new Told();
        LockOptions options = Peers.options().withBackoff((failures, random) -> Duration.ofMillis(1));
        LeaderElector elector =
                peers.closing(LeaderElector.start(refusingListeners(times), "leader", options, MARGIN, told));

        Leadership third = told.elected();

        assertThat(elector.leadership()).contains(third);
        assertThat(peers.backend.releases).containsExactly("leader", "leader");
        elector.close();
        assertThat(told.ended()).isSameAs(third);
        assertThat(peers.isFree("leader")).isTrue();
        assertThat(told.events).isEmpty();
    }

    @Test
    void whoWasToldOfAnElectionIsToldOfItsEndThoughTheCampaignIsBrokenOff() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        peers.closing(stuck::countDown);
        Told told = new Told();
        told.onElected = leadership -> awaitStubbornly(stuck);
        LeaderElector elector = start(peers.us, told);
        Leadership first = told.elected();
        Thread campaign = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("fencepost-leader-leader"))
                .findFirst()
                .orElseThrow();

        campaign.interrupt();

        soon(() -> elector.leadership().isEmpty());
        assertThat(told.events).as("its end waits for its begin to return").isEmpty();
        stuck.countDown();
        assertThat(told.ended()).isSameAs(first);
        allThreadsEnd();
        assertThat(told.events).isEmpty();
        assertThat(peers.isFree("leader")).isTrue();
    }

    @Test
    void aCloseDuringEitherCallLeavesOneEndForOneElection() throws Exception {
        for (boolean whileElected : new boolean[] {true, false}) {
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch stuck = new CountDownLatch(1);
            peers.closing(stuck::countDown);
            Told told = new Told();
            Consumer<Leadership> block = leadership -> {
                entered.countDown();
                awaitStubbornly(stuck);
            };
            if (whileElected) {
                told.onElected = block;
            } else {
                told.onEnded = block;
            }
            LeaderElector elector = start(peers.us, told);
            Leadership term = told.elected();
            if (!whileElected) {
                peers.push(INTO_MARGIN);
                assertThat(elector.leadership()).isEmpty();
            }
            await(entered);
            // so that it does not wait
            Thread.currentThread().interrupt();
            elector.close();
            assertThat(Thread.interrupted()).isTrue();
            stuck.countDown();
            assertThat(told.ended()).isSameAs(term);
            allThreadsEnd();
            assertThat(told.events).isEmpty();
            soon(() -> peers.isFree("leader"));
        }
    }

    @Test
    void aCloseOfACandidateLeavesNothingBehind() throws Exception {
        Lease theirs = peers.theirs("leader");
        Told told = new Told();
        LeaderElector elector = start(peers.us, told);
        soon(() -> !peers.backend.attempts.isEmpty());
        elector.close();
        elector.close();
        allThreadsEnd();
        theirs.release();
        assertThat(peers.isFree("leader")).isTrue();
        assertThat(told.events).isEmpty();
    }

    @Test
    void aCloseInAnyOtherMomentLeavesNothingBehind() throws Exception {
        for (int n = 0; n < 200; n++) {
            Told told = new Told();
            LeaderElector elector = start(peers.us, told);
            if (n % 4 == 1) {
                LockSupport.parkNanos(n * 5_000L);
            } else if (n % 4 == 2) {
                while (elector.leadership().isEmpty()) {
                    Thread.onSpinWait();
                }
            } else if (n % 4 == 3) {
                told.elected();
            }
            elector.close();
            assertThat(elector.leadership()).isEmpty();
            long elections = told.events.stream().filter(Told.Event::elected).count();
            if (n % 4 == 3) {
                told.ended();
            } else {
                assertThat(told.events).as("as many ends as elections").hasSize((int) (2 * elections));
            }
            // a candidacy that was cancelled is given back behind the close
            soon(() -> peers.isFree("leader"));
        }
        allThreadsEnd();
    }

    @Test
    void aListenerMayCloseItsElector() throws Exception {
        for (boolean atTheEnd : new boolean[] {false, true}) {
            CompletableFuture<LeaderElector> elector = new CompletableFuture<>();
            Told told = new Told();
            Consumer<Leadership> close = leadership -> elector.join().close();
            if (atTheEnd) {
                told.onEnded = close;
            } else {
                told.onElected = close;
            }
            elector.complete(start(peers.us, told));
            told.elected();
            if (atTheEnd) {
                peers.push(INTO_MARGIN);
                assertThat(elector.join().leadership()).isEmpty();
            }
            told.ended();
            soon(() -> peers.isFree("leader"));
            allThreadsEnd();
            assertThat(told.events).isEmpty();
        }
    }

    @Test
    void aCloseThatIsInterruptedReturnsAndTheResignationGoesOn() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        peers.closing(stuck::countDown);
        Told told = new Told();
        told.onEnded = leadership -> await(stuck);
        LeaderElector elector = start(peers.us, told);
        told.elected();
        Thread.currentThread().interrupt();
        elector.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(elector.leadership()).isEmpty();
        assertThat(peers.holderOf("leader"))
                .as("not given up before the listener is done")
                .isEqualTo("us");
        stuck.countDown();
        soon(() -> peers.isFree("leader"));
        allThreadsEnd();
    }

    @Test
    void aClientThatIsClosedFirstEndsTermAndCampaign() throws Exception {
        Told told = new Told();
        LeaderElector elector = start(peers.us, told);
        Leadership first = told.elected();
        peers.us.close();
        assertThat(elector.leadership()).isEmpty();
        assertThat(told.ended()).isSameAs(first);
        allThreadsEnd();
        assertThat(told.events).isEmpty();
        assertThatThrownBy(() -> LeaderElector.start(peers.us, "leader", Peers.options(), told))
                .isInstanceOf(LockClosedException.class);
    }

    @Test
    void manyCandidatesNeverLeadTogether() throws Exception {
        AtomicInteger leaders = new AtomicInteger();
        List<FencingToken> terms = new ArrayList<>();
        List<Integer> together = new ArrayList<>();
        int turns = 10;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        peers.closing(threads::shutdownNow);
        List<CompletableFuture<Void>> candidates = new ArrayList<>();
        for (LockClient client : List.of(peers.us, peers.us, peers.them, peers.them)) {
            candidates.add(CompletableFuture.runAsync(
                    () -> {
                        for (int turn = 0; turn < turns; turn++) {
                            Told told = new Told();
                            told.onElected = leadership -> {
                                synchronized (terms) {
                                    together.add(leaders.incrementAndGet());
                                    terms.add(leadership.term());
                                }
                            };
                            told.onEnded = leadership -> leaders.decrementAndGet();
                            try (LeaderElector elector =
                                    LeaderElector.start(client, "leader", Peers.options(), MARGIN, told)) {
                                assertThat(told.elected().term()).isNotNull();
                                assertThat(elector.name()).isEqualTo("leader");
                            }
                        }
                    },
                    threads));
        }
        CompletableFuture.allOf(candidates.toArray(CompletableFuture<?>[]::new))
                .orTimeout(40, TimeUnit.SECONDS)
                .join();
        assertThat(together).hasSize(4 * turns).containsOnly(1);
        assertThat(terms).isSorted().doesNotHaveDuplicates();
        assertThat(leaders).hasValue(0);
    }

    @Test
    void aMarginIsMoreThanZeroAndAtMostHalfOfTheTtl() {
        for (Duration bad : List.of(
                Duration.ZERO, Duration.ofSeconds(-1), Peers.TTL.dividedBy(2).plusNanos(1))) {
            assertThatThrownBy(() -> LeaderElector.start(peers.us, "leader", Peers.options(), bad, new Told()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad.toString())
                    .hasMessageContaining("PT30S");
        }
        allThreadsEnd();
        peers.closing(LeaderElector.start(peers.us, "leader", Peers.options(), Peers.TTL.dividedBy(2), new Told()));
    }
}
