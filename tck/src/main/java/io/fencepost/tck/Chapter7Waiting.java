package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Rules 7.1 to 7.8: waiting for a lock, and ceasing to wait. */
public interface Chapter7Waiting extends RuleBook {
    /** Fails when a try waits for the holder, for other waiters, or for the network longer than one operation. */
    @Rule("7.1")
    default void rule_7_1_aZeroWaitTryOnAHeldLockAnswersPromptly() throws InterruptedException {
        String name = tck().name("held");
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
        DistributedLock lock = tck().b().lock(name, tck().lasting());
        for (int i = 0; i < 5; i++) {
            assertPromptlyContended(lock);
        }
        FutureTask<Optional<Lease>> blocked = tck().start("waiter", () -> lock.tryAcquire(tck().patience()));
        CompletableFuture<AcquireOutcome> waiter = lock.acquireAsync(tck().patience());
        tck().closedAfterwards(lease);
        tck().closedAfterwards(() -> waiter.cancel(true));
        Windows.pass(Windows.NO_ANNOUNCEMENT);
        assertPromptlyContended(lock);
        waiter.cancel(true);
        blocked.cancel(true);
        lease.release();
    }

    private void assertPromptlyContended(DistributedLock lock) throws InterruptedException {
        long start = System.nanoTime();
        assertThat(lock.tryAcquire()).as("try of a held lock").isEmpty();
        assertPrompt("a try", start);
        start = System.nanoTime();
        assertThat(lock.tryAcquire(Duration.ZERO))
                .as("wait of zero for a held lock")
                .isEmpty();
        assertPrompt("a wait of zero", start);
        start = System.nanoTime();
        AcquireOutcome outcome =
                Awaits.resultOf(lock.acquireAsync(Duration.ZERO), "an async try of a held lock", tck().patience());
        assertPrompt("an async try", start);
        assertThat(outcome).isInstanceOf(AcquireOutcome.Contended.class);
    }

    private void assertPrompt(String what, long start) {
        assertThat(Timing.since(start)).as("time of %s of a held lock", what).isLessThanOrEqualTo(tck().slack());
    }

    /** Fails when a wait ends early on a backoff, or late on a pause that ignores its end. */
    @Rule("7.2")
    default void rule_7_2_aWaitInVainEndsOnTime() throws InterruptedException {
        String name = tck().name("held");
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
        // with the default backoff, whose pauses are longer than the shorter wait
        DistributedLock lock = tck().b().lock(name, LockOptions.ttl(tck().longTtl()));
        for (Duration wait : List.of(Duration.ofMillis(40), Duration.ofMillis(400))) {
            long start = System.nanoTime();
            FutureTask<Optional<Lease>> queued = tck().start("waiter", () -> lock.tryAcquire(wait));
            Optional<Lease> got = lock.tryAcquire(wait);
            Duration took = Timing.since(start);
            assertThat(got).as("a wait for a held lock").isEmpty();
            assertThat(took).as("time of a wait of %s in vain", wait).isBetween(wait, wait.plus(tck().slack()));
            assertThat(Awaits.resultOf(queued, "a wait beside another one", tck().patience()))
                    .isEmpty();

            long asyncStart = System.nanoTime();
            AcquireOutcome outcome = Awaits.resultOf(lock.acquireAsync(wait), "an async wait", tck().patience());
            Duration asyncTook = Timing.since(asyncStart);
            assertThat(outcome).isInstanceOf(AcquireOutcome.Contended.class);
            assertThat(asyncTook)
                    .as("time of an async wait of %s in vain", wait)
                    .isBetween(wait, wait.plus(tck().slack()));
        }
        lease.release();
    }

    /**
     * Fails when a waiter sleeps through a release: a lost wake-up, or pauses longer than the declared handoff bound.
     */
    @Rule("7.3")
    default void rule_7_3_aWaiterIsGrantedSoonAfterTheRelease() throws InterruptedException {
        String name = tck().name("handoff");
        LockOptions options = LockOptions.ttl(tck().longTtl());
        Lease lease = Leases.acquired(tck().a(), name, options);
        for (int i = 0; i < 6; i++) {
            DistributedLock waiting = (i % 2 == 0 ? tck().b() : tck().a()).lock(name, options);
            FutureTask<Lease> waiter = tck().start("waiter", waiting::acquire);
            // long enough for pauses to have grown, so that a provider without wake-ups shows its worst
            Windows.pass(Duration.ofMillis(100L * (i + 1)));
            assertThat(waiter.isDone()).as("a waiter got a held lock").isFalse();
            lease.release();
            long releasedAt = System.nanoTime();
            lease = Awaits.resultOf(waiter, "the wait for a released lock", tck().patience());
            assertThat(Timing.since(releasedAt))
                    .as("time from release to the grant of a waiter")
                    .isLessThanOrEqualTo(tck().handoffLimit());
        }
        lease.release();
    }

    /** Fails when a wait that was given up goes on somewhere, or when what it was granted at that moment stays held. */
    @Rule("7.4")
    default void rule_7_4_aWaitThatIsGivenUpLeavesNothingBehind() throws InterruptedException {
        String name = tck().name("given-up");
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
        DistributedLock lock = tck().b().lock(name, tck().lasting());

        CountDownLatch calling = new CountDownLatch(1);
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        FutureTask<Throwable> interrupted = tck().start("interrupted", () -> {
            thread.complete(Thread.currentThread());
            calling.countDown();
            return failureOf(lock);
        });
        calling.await();
        Thread waiter = Awaits.resultOf(thread, "the waiter's start", tck().patience());
        Awaits.until(
                "the waiter waits",
                tck().patience(),
                () -> waiter.getState() == Thread.State.WAITING || waiter.getState() == Thread.State.TIMED_WAITING);
        waiter.interrupt();
        assertThat(Awaits.resultOf(interrupted, "the interrupted wait", tck().patience()))
                .isInstanceOf(InterruptedException.class);

        FutureTask<Throwable> before = tck().start("interrupted-before", () -> {
            Thread.currentThread().interrupt();
            return failureOf(lock);
        });
        assertThat(Awaits.resultOf(before, "the wait of an interrupted thread", tck().patience()))
                .isInstanceOf(InterruptedException.class);

        CompletableFuture<Lease> forEver = lock.acquireAsync();
        CompletableFuture<AcquireOutcome> forAWhile = lock.acquireAsync(tck().patience());
        Windows.pass(Duration.ofMillis(50));
        assertThat(forEver.cancel(true)).isTrue();
        assertThat(forAWhile.cancel(true)).isTrue();
        assertThat(forEver.isCancelled() && forAWhile.isCancelled()).isTrue();

        lease.release();
        Leases.acquiredWithin(tck().handoffLimit(), tck().c(), name, tck().lasting())
                .release();
        Leases.acquiredWithin(tck().handoffLimit(), tck().b(), name, tck().lasting())
                .release();
        giveUpWhileBeingGranted();
    }

    private static Throwable failureOf(DistributedLock lock) {
        try {
            return new AssertionError("granted: " + lock.acquire());
        } catch (InterruptedException | RuntimeException e) {
            return e;
        }
    }

    /** Gives up at every moment of an attempt: before it is sent, while it is under way, and when it is granted. */
    private void giveUpWhileBeingGranted() throws InterruptedException {
        String name = tck().name("given-up-in-flight");
        Random random = tck().random("7.4");
        DistributedLock lock = tck().b().lock(name, tck().lasting());
        long cycleStart = System.nanoTime();
        Leases.acquired(tck().b(), name, tck().lasting()).release();
        int cycleMicros = (int) Math.max(200, (System.nanoTime() - cycleStart) / 1000);
        for (int i = 0; i < 30; i++) {
            if (i % 3 == 0) {
                interruptSoon(lock, random.nextInt(cycleMicros));
            } else {
                CompletableFuture<Lease> future = lock.acquireAsync();
                spin(random.nextInt(cycleMicros));
                if (!future.cancel(true)) {
                    Awaits.resultOf(future, "a grant that came before its cancellation", tck().patience())
                            .release();
                } else {
                    assertThat(catchCancellation(future)).isInstanceOf(CancellationException.class);
                }
            }
            Leases.acquiredWithin(tck().handoffLimit(), tck().c(), name, tck().lasting())
                    .release();
        }
    }

    private void interruptSoon(DistributedLock lock, int micros) throws InterruptedException {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        FutureTask<Boolean> wait = tck().start("interrupted-in-flight", () -> {
            thread.complete(Thread.currentThread());
            try {
                lock.acquire().release();
                return true;
            } catch (InterruptedException e) {
                return false;
            }
        });
        Thread waiter = Awaits.resultOf(thread, "the waiter's start", tck().patience());
        spin(micros);
        waiter.interrupt();
        Awaits.resultOf(wait, "an interrupted wait", tck().patience());
    }

    private static Throwable catchCancellation(CompletableFuture<?> future) {
        try {
            return new AssertionError("completed with " + future.join());
        } catch (CancellationException e) {
            return e;
        }
    }

    private static void spin(int micros) {
        long end = System.nanoTime() + micros * 1000L;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    /**
     * Fails when a place in a queue outlives the session that took it, or a grant is taken for one's own after a reconnection. The waiter's sessions end while it waits; another client takes the lock
     * before the waiter is back.
     */
    @Rule("7.5")
    default void rule_7_5_aWaiterThatLostItsConnectionIsNotToldThatItHolds() throws InterruptedException {
        String name = tck().name("lost-waiter");
        ClientLinks links = tck().links();
        LockClient distant = tck().client(links);
        Lease first = Leases.acquired(tck().a(), name, tck().lasting());
        CompletableFuture<Lease> waiter = distant.lock(name, tck().lasting()).acquireAsync();
        // until it has asked, and been told that it must wait
        Windows.pass(Windows.NO_ANNOUNCEMENT);
        assertThat(waiter).as("the wait for a held lock").isNotDone();
        links.endSessions();
        first.release();
        Lease second = Leases.acquiredWithin(tck().takeoverLimit(), tck().c(), name, tck().lasting());
        assertThat(waiter)
                .as("the wait of a client that is cut off, while another one holds")
                .isNotDone();
        links.heal();
        long end = System.nanoTime() + tck().handoffLimit().toNanos();
        while (System.nanoTime() - end < 0) {
            assertThat(waiter)
                    .as("the wait of a client that is back, while another one holds")
                    .isNotDone();
            assertThat(second.isValid())
                    .as("the lease of the client that took the lock meanwhile")
                    .isTrue();
            Windows.pass(Duration.ofMillis(20));
        }
        second.release();
        Lease third = Awaits.resultOf(waiter, "the wait of a client that is back", tck().patience());
        assertThat(third.token()).as("token of the waiter").isGreaterThan(second.token());
        Leases.assertContended(tck().b(), name, tck().lasting());
        third.release();
    }

    /**
     * Fails when a provider that declares fairness lets somebody overtake, or when one that does not declare it lets somebody starve: a client that is always first, a lock that is handed to
     * whoever asked last.
     */
    @Rule("7.6")
    default void rule_7_6_grantsAreFairAsDeclaredAndNoWaiterStarves() throws InterruptedException {
        if (tck().capabilities().fair()) {
            assertGrantedInTheOrderOfArrival();
        }
        List<LockClient> clients = List.of(tck().a(), tck().b(), tck().c());
        String name = tck().name("starving");
        AtomicBoolean over = new AtomicBoolean();
        Random seeds = tck().random("7.6");
        List<FutureTask<Duration>> contenders = new ArrayList<>();
        for (LockClient client : clients) {
            DistributedLock lock = client.lock(name, LockOptions.ttl(tck().longTtl()));
            for (int thread = 0; thread < 2; thread++) {
                Random pauses = new Random(seeds.nextLong());
                contenders.add(tck().start("contender", () -> longestWait(lock, pauses, over)));
            }
        }
        Duration bound = tck().capabilities()
                .handoffBound()
                .multipliedBy(contenders.size())
                .plus(tck().slack());
        Windows.pass(Timing.times(bound, 1.1));
        over.set(true);
        for (FutureTask<Duration> contender : contenders) {
            assertThat(Awaits.resultOf(
                            contender, "the wait of one of several contenders", bound.plus(tck().patience())))
                    .as(
                            "longest wait of a contender among %d: each of the others may go first once, within the handoff bound of %s",
                            contenders.size(), tck().capabilities().handoffBound())
                    .isLessThanOrEqualTo(bound);
        }
    }

    private static Duration longestWait(DistributedLock lock, Random pauses, AtomicBoolean over)
            throws InterruptedException {
        Duration longest = Duration.ZERO;
        while (!over.get()) {
            long start = System.nanoTime();
            Lease lease = lock.acquire();
            longest = Timing.max(longest, Timing.since(start));
            Windows.pass(Duration.ofMillis(1));
            lease.release();
            // as long as a program does something else between two uses of the lock
            Windows.pass(Duration.ofMillis(pauses.nextInt(10)));
        }
        return longest;
    }

    private void assertGrantedInTheOrderOfArrival() throws InterruptedException {
        String name = tck().name("fair");
        Lease holder = Leases.acquired(tck().a(), name, tck().lasting());
        List<Integer> granted = new CopyOnWriteArrayList<>();
        List<FutureTask<Boolean>> waiters = new ArrayList<>();
        List<LockClient> clients = List.of(tck().b(), tck().c(), tck().a());
        for (int i = 0; i < 9; i++) {
            int place = i;
            DistributedLock lock = clients.get(i % clients.size()).lock(name, tck().lasting());
            waiters.add(tck().start("waiter", () -> {
                Lease lease = lock.acquire();
                boolean added = granted.add(place);
                lease.release();
                return added;
            }));
            // arrivals that are this far apart have an order
            Windows.pass(tck().slack().dividedBy(4));
        }
        holder.release();
        for (FutureTask<Boolean> waiter : waiters) {
            Awaits.resultOf(waiter, "a wait in a fair queue", tck().patience());
        }
        assertThat(granted)
                .as("the order of grants by a provider that declares to be fair, by order of arrival")
                .isSorted();
    }

    /** Fails when wake-ups are declared and do not come: a subscription that is forgotten, or lost with a connection. */
    @Rule("7.7")
    default void rule_7_7_aReleaseWakesWhoSubscribedWhereDeclared() throws InterruptedException {
        tck().notApplicableIf(!tck().capabilities().wakeUps(), "the provider declares no wake-ups");
        String name = tck().name("wake-up");
        for (int i = 0; i < 3; i++) {
            Held held = tck().rawA().acquire(name, tck().longTtl());
            tck().rawB().assertContended("held by another", name, tck().longTtl());
            AtomicInteger calls = new AtomicInteger();
            Subscription subscription = tck().rawB().onReleased(name, calls::incrementAndGet);
            tck().closedAfterwards(subscription);
            Windows.pass(Windows.NO_ANNOUNCEMENT);
            // one call may come when the subscription takes effect
            int before = calls.get();
            tck().rawA().release(held);
            Awaits.until(
                    "a client that subscribed is woken within the handoff bound after the release",
                    tck().handoffLimit(),
                    () -> calls.get() > before);
            subscription.close();
        }
    }

    /**
     * Fails when the lock never really leaves a client whose own calls always want it: a release that is kept back, a reservation for who had it last.
     */
    @Rule("7.8")
    default void rule_7_8_aClientThatNeverPausesStarvesNobody() throws InterruptedException {
        String name = tck().name("busy");
        // with the default backoff, as applications have it
        LockOptions options = LockOptions.ttl(tck().longTtl());
        DistributedLock busy = tck().a().lock(name, options);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger grants = new AtomicInteger();
        List<FutureTask<Boolean>> threads = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            threads.add(tck().start("busy", () -> {
                while (!over.get()) {
                    Lease lease = Leases.acquiredDespiteFaults(busy);
                    grants.incrementAndGet();
                    Windows.pass(Duration.ofMillis(1));
                    lease.release();
                }
                return true;
            }));
        }
        Duration bound = tck().turnLimit();
        for (int i = 0; i < 3; i++) {
            int before = grants.get();
            Awaits.until("a client has the lock to itself", tck().patience(), () -> grants.get() - before >= 20);
            Optional<Lease> lease = tck().b().lock(name, options).tryAcquire(bound);
            assertThat(lease)
                    .as(
                            "what a client was granted within %s, while %d threads of another one wanted the same lock without a pause",
                            bound, threads.size())
                    .isPresent();
            lease.ifPresent(Lease::release);
        }
        over.set(true);
        for (FutureTask<Boolean> thread : threads) {
            Awaits.resultOf(thread, "a thread of the busy client", bound.plus(tck().patience()));
        }
    }
}
