package io.fencepost.lock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseLostException;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockException;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several locks as one: order, all or none, one wait time, and the lease of all. */
@Timeout(60)
class MultiLockTest {
    private static final Duration BEYOND_TTL = Peers.TTL.plusSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(20);

    @RegisterExtension
    final Peers peers = new Peers();

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "multi-lock-of-test");
        thread.setDaemon(true);
        return thread;
    });
    private final MultiLock abc = MultiLock.of(peers.us, List.of("c", "a", "b", "a"), Peers.options());

    {
        peers.closing(threads::shutdownNow);
    }

    private static <T> T soon(CompletableFuture<T> future) {
        return future.orTimeout(LONG.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    private void allAreFree() throws InterruptedException {
        for (String name : abc.names()) {
            assertThat(peers.isFree(name)).as(name).isTrue();
        }
    }

    @Test
    void theyAreAcquiredInOneOrderEachOnceAndReleasedInReverse() throws Exception {
        assertThat(abc.names()).containsExactly("a", "b", "c");
        MultiLease lease = abc.acquire();
        assertThat(peers.backend.attempts).containsExactly("a", "b", "c");
        assertThat(lease.names()).containsExactly("a", "b", "c");
        for (String name : abc.names()) {
            assertThat(peers.holderOf(name)).isEqualTo("us");
        }
        assertThat(lease.state()).isEqualTo(LeaseState.HELD);

        assertThat(lease.release().entrySet())
                .containsExactly(
                        Map.entry("a", new ReleaseOutcome.Released()),
                        Map.entry("b", new ReleaseOutcome.Released()),
                        Map.entry("c", new ReleaseOutcome.Released()));
        assertThat(peers.backend.releases).containsExactly("c", "b", "a");
        assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
        assertThat(lease.isValid()).isFalse();
        assertThat(lease.release().values()).containsOnly(new ReleaseOutcome.NotHeld());
        assertThat(lease.lost().toCompletableFuture()).isNotDone();
        allAreFree();
    }

    @Test
    void eachLockHasItsOwnTokenThatGrows() throws Exception {
        Map<String, FencingToken> first;
        try (MultiLease lease = abc.acquire()) {
            first = lease.tokens();
            assertThat(lease.token("b")).isEqualTo(first.get("b"));
            assertThatThrownBy(() -> lease.token("d"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'d'")
                    .hasMessageContaining("[a, b, c]");
        }
        assertThat(first.keySet()).containsExactly("a", "b", "c");
        MultiLease next = soon(abc.acquireAsync(Duration.ZERO)).orElseThrow();
        assertThat(next.tokens()).allSatisfy((name, token) -> assertThat(token).isGreaterThan(first.get(name)));
    }

    @Test
    void noNameIsNoLock() {
        assertThatThrownBy(() -> MultiLock.of(peers.us, List.of(), Peers.options()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MultiLock.of(peers.us, List.of("a", ""), Peers.options()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> abc.tryAcquire(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> abc.acquireAsync(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneThatIsHeldKeepsThemAllFree() throws Exception {
        try (Lease theirs = peers.theirs("c")) {
            assertThat(abc.tryAcquire()).isEmpty();
            assertThat(abc.tryAcquire(Duration.ofMillis(20))).isEmpty();
            assertThat(soon(abc.acquireAsync(Duration.ofMillis(20)))).isEmpty();
            assertThat(peers.isFree("a")).isTrue();
            assertThat(peers.isFree("b")).isTrue();
            assertThat(theirs.isValid()).isTrue();
        }
        assertThat(abc.tryAcquire()).isPresent();
    }

    @Test
    void theWaitTimeIsThatOfAllTogether() throws Exception {
        List<Duration> waits = new ArrayList<>();
        LockClient slow = (LockClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LockClient.class}, (client, method, arguments) -> {
                    DistributedLock real = peers.us.lock((String) arguments[0], Peers.options());
                    return Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {DistributedLock.class},
                            (lock, call, given) -> {
                                if (call.getName().equals("tryAcquire")) {
                                    waits.add((Duration) given[0]);
                                    // what a wait of that length would look like to the next
                                    TimeUnit.MILLISECONDS.sleep(5);
                                }
                                return call.invoke(real, given);
                            });
                });
        assertThat(MultiLock.of(slow, List.of("a", "b"), Peers.options()).tryAcquire(LONG))
                .isPresent();
        assertThat(waits).hasSize(2);
        assertThat(waits.get(0)).isLessThanOrEqualTo(LONG);
        assertThat(waits.get(1)).isLessThanOrEqualTo(waits.get(0).minusMillis(5));
    }

    @Test
    void multiLocksOfTheSameNamesInOtherOrdersDoNotWaitForEachOther() throws Exception {
        List<List<String>> orders = List.of(List.of("a", "b", "c"), List.of("c", "b", "a"), List.of("b", "c"));
        int[] counter = new int[1];
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            MultiLock lock =
                    MultiLock.of(i % 2 == 0 ? peers.us : peers.them, orders.get(i % orders.size()), Peers.options());
            boolean async = i >= 3;
            workers.add(threads.submit(() -> {
                for (int n = 0; n < 40; n++) {
                    try (MultiLease lease =
                            async ? soon(lock.acquireAsync(LONG)).orElseThrow() : lock.acquire()) {
                        // b and c are common to all
                        counter[0]++;
                        assertThat(lease.isValid()).isTrue();
                    }
                }
                return null;
            }));
        }
        for (Future<?> worker : workers) {
            worker.get(LONG.toSeconds() * 2, TimeUnit.SECONDS);
        }
        assertThat(counter[0]).isEqualTo(240);
        allAreFree();
    }

    private void failAt(String name, AttemptOutcome outcome) {
        peers.backend.onAttempt = request -> request.name().equals(name) ? Optional.of(outcome) : Optional.empty();
    }

    private void failsNaming(String name, Class<? extends LockException> type) throws InterruptedException {
        assertThatThrownBy(abc::tryAcquire)
                .isInstanceOfSatisfying(type, e -> assertThat(e.name()).contains(name));
        allAreFree();
        assertThatThrownBy(() -> soon(abc.acquireAsync(Duration.ZERO)))
                .cause()
                .isInstanceOfSatisfying(type, e -> assertThat(e.name()).contains(name));
        allAreFree();
        assertThat(peers.backend.attempts).containsExactly("a", "b", "a", "b");
        assertThat(peers.backend.releases).containsExactly("a", "a");
    }

    @Test
    void aFaultOfOneGivesTheOthersBackAndSaysWhich() throws Exception {
        failAt("b", new AttemptOutcome.Unavailable(peers.backend.fault));
        failsNaming("b", LockUnavailableException.class);
    }

    @Test
    void anUnknownOutcomeOfOneGivesTheOthersBackAndSaysWhich() throws Exception {
        failAt("b", new AttemptOutcome.Indeterminate(peers.backend.fault));
        failsNaming("b", OutcomeUnknownException.class);
    }

    @Test
    void anInterruptedWaitGivesBackWhatItHas() throws Exception {
        Lease theirs = peers.theirs("c");
        CompletableFuture<Thread> waiter = new CompletableFuture<>();
        Future<Object> waiting = threads.submit(() -> {
            waiter.complete(Thread.currentThread());
            return abc.acquire();
        });
        Awaitility.await().until(() -> peers.backend.attempts.contains("c"));
        soon(waiter).interrupt();
        assertThatThrownBy(() -> waiting.get(LONG.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(peers.isFree("a")).isTrue();
        assertThat(peers.isFree("b")).isTrue();
        theirs.release();
        assertThat(abc.tryAcquire(LONG)).isPresent();
    }

    @Test
    void aCancelledWaitGivesBackWhatItHas() throws Exception {
        Lease theirs = peers.theirs("c");
        CompletableFuture<Optional<MultiLease>> waiting = abc.acquireAsync(LONG);
        Awaitility.await().until(() -> peers.backend.attempts.contains("c"));
        assertThat(peers.holderOf("a")).isEqualTo("us");
        waiting.cancel(false);
        Awaitility.await().until(() -> peers.isFree("a") && peers.isFree("b"));
        theirs.release();
        assertThat(abc.tryAcquire(LONG)).isPresent();
    }

    @Test
    void whatIsLostWhileOthersAreWaitedForIsAcquiredAnew() throws Exception {
        MultiLock manual = MultiLock.of(peers.us, List.of("a", "c"), Peers.manual(Peers.TTL));
        for (boolean async : new boolean[] {false, true}) {
            Lease theirs = peers.theirs("c");
            peers.backend.attempts.clear();
            Future<Optional<MultiLease>> waiting =
                    async ? manual.acquireAsync(LONG) : threads.submit(() -> manual.tryAcquire(LONG));
            Awaitility.await().until(() -> peers.backend.attempts.contains("c"));
            peers.push(BEYOND_TTL);
            try (MultiLease lease =
                    waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).orElseThrow()) {
                assertThat(lease.isValid()).isTrue();
                assertThat(Collections.frequency(peers.backend.attempts, "a")).isEqualTo(2);
            }
            assertThat(theirs.isValid()).isFalse();
        }
    }

    @Test
    void itIsLostWhenOneIsLost() throws Exception {
        MultiLease lease = abc.acquire();
        CompletableFuture<MultiLease.Loss> lost = lease.lost().toCompletableFuture();
        lease.ensureValid(Duration.ofSeconds(1));
        assertThat(lease.remainingValidity()).isPositive().isLessThanOrEqualTo(Peers.TTL);
        peers.take("b");
        Lease b = theLeaseOf(lease, "b");
        assertThat(b.renew()).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));

        assertThat(soon(lost)).isEqualTo(new MultiLease.Loss("b", LossCause.NOT_OWNER));
        assertThat(lease.state()).isEqualTo(LeaseState.LOST);
        assertThat(lease.isValid()).isFalse();
        assertThat(lease.remainingValidity()).isZero();
        assertThatThrownBy(() -> lease.ensureValid(Duration.ZERO))
                .isInstanceOfSatisfying(
                        LeaseLostException.class, e -> assertThat(e.name()).contains("b"));
        assertThat(peers.holderOf("a")).as("until it is released").isEqualTo("us");

        assertThat(lease.release())
                .containsEntry("a", new ReleaseOutcome.Released())
                .containsEntry("b", new ReleaseOutcome.NotHeld());
        assertThat(lease.state()).as("a loss is final").isEqualTo(LeaseState.LOST);
        allAreFree();
    }

    private static Lease theLeaseOf(MultiLease lease, String name) {
        return lease.leases().stream()
                .filter(one -> one.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    @Test
    void itsValidityIsTheLeast() throws Exception {
        peers.backend.validity = grant -> grant.name().equals("b") ? Duration.ofSeconds(7) : grant.validity();
        try (MultiLease lease = abc.acquire()) {
            assertThat(lease.remainingValidity()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(7));
            peers.push(Duration.ofSeconds(8));
            assertThat(lease.state()).isEqualTo(LeaseState.LOST);
        }
    }

    @Test
    void aLeaseThatCannotBeRenewedMakesItSuspect() throws Exception {
        peers.backend.renewing = false;
        try (MultiLease lease = abc.acquire()) {
            theLeaseOf(lease, "b").renew();
            assertThat(lease.state()).isEqualTo(LeaseState.SUSPECT);
            assertThat(lease.isValid()).isTrue();
        }
    }

    @Test
    void aReleaseThatIsInterruptedGoesOnAndSaysWhatIsNotKnown() throws Exception {
        MultiLease lease = abc.acquire();
        peers.backend.silentRelease = "b";
        Thread.currentThread().interrupt();
        Map<String, ReleaseOutcome> outcomes = lease.release();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcomes).containsEntry("a", new ReleaseOutcome.Released());
        assertThat(outcomes.get("b")).isInstanceOf(ReleaseOutcome.Indeterminate.class);
        assertThat(peers.backend.releases).containsExactly("c", "b", "a");
    }

    @Test
    void itCanBeReleasedWithoutBlocking() throws Exception {
        MultiLease lease = abc.acquire();
        assertThat(soon(lease.releaseAsync()))
                .hasSize(3)
                .allSatisfy((name, outcome) -> assertThat(outcome).isEqualTo(new ReleaseOutcome.Released()));
        allAreFree();
    }

    @Test
    void aClosedClientGivesNone() throws Exception {
        Lease theirs = peers.theirs("c");
        CompletableFuture<Optional<MultiLease>> waiting = abc.acquireAsync(LONG);
        Awaitility.await().until(() -> peers.backend.attempts.contains("c"));
        peers.us.close();
        assertThatThrownBy(() -> soon(waiting)).hasCauseInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> soon(abc.acquireAsync(LONG))).hasCauseInstanceOf(LockClosedException.class);
        assertThatThrownBy(abc::acquire).isInstanceOf(LockClosedException.class);
        assertThat(peers.isFree("a")).isTrue();
        assertThat(theirs.isValid()).isTrue();
    }
}
