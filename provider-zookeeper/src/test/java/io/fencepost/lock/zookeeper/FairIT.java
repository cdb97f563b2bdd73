package io.fencepost.lock.zookeeper;

import static io.fencepost.lock.zookeeper.Backends.LONG;
import static io.fencepost.lock.zookeeper.Backends.acquire;
import static io.fencepost.lock.zookeeper.Backends.attempt;
import static io.fencepost.lock.zookeeper.Backends.get;
import static io.fencepost.lock.zookeeper.Backends.newName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Clusters;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The queue of the fair mode: its order, and what becomes of it when those who wait do not behave. */
class FairIT {
    private static final String FAIR = "fair=true";
    private static final LockOptions OPTIONS = LockOptions.ttl(Duration.ofSeconds(10));

    /** Far less than the session timeout of 30 seconds, which would end an idle entry otherwise. */
    private static final Duration PASSED = Line.PATIENCE.plusSeconds(5);

    private static ZooKeeperBackend observer;
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void open() {
        observer = Backends.open(FAIR);
    }

    @AfterAll
    static void close() {
        observer.close();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private static String uri(String options) {
        return "zookeeper://" + String.join(",", Clusters.zookeeper().addresses()) + "/it?" + options;
    }

    private LockClient client(String options) {
        LockClient client = LockClients.open(uri(options));
        opened.add(client);
        return client;
    }

    private List<LockClient> clients(int count) {
        List<LockClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(client(FAIR));
        }
        return clients;
    }

    private ZooKeeperBackend backend() {
        ZooKeeperBackend backend = Backends.open(FAIR);
        opened.add(backend);
        return backend;
    }

    private static List<String> queue(String name) {
        try {
            return Backends.session(observer).getChildren(observer.paths().queue(name), false);
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        } catch (KeeperException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitInLine(String name, int count) {
        await().atMost(LONG).until(() -> queue(name).size() == count);
    }

    private static Lease acquired(LockClient client, String name) throws InterruptedException {
        return client.lock(name, OPTIONS).tryAcquire().orElseThrow();
    }

    /** A waiter that never tries: as if its process had been stopped. */
    private ZooKeeperBackend idleInLine(String name, int count) {
        ZooKeeperBackend idle = backend();
        Subscription place = idle.onReleased(name, () -> {});
        assertThat(place).isNotNull();
        awaitInLine(name, count);
        return idle;
    }

    @Test
    void grantsFollowTheOrderOfArrivalAcrossClients() throws Exception {
        List<LockClient> clients = clients(5);
        String name = newName();
        Lease lease = acquired(client(FAIR), name);
        ConcurrentLinkedQueue<Integer> granted = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> waits = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            int place = i;
            waits.add(clients.get(i).lock(name, OPTIONS).acquireAsync().thenAccept(next -> {
                granted.add(place);
                next.releaseAsync();
            }));
            awaitInLine(name, i + 1);
        }
        lease.release();
        for (CompletableFuture<Void> wait : waits) {
            wait.get(20, TimeUnit.SECONDS);
        }
        assertThat(granted).containsExactly(0, 1, 2, 3, 4);
        awaitInLine(name, 0);
    }

    @Test
    void aFreeLockWithoutWaitersIsAcquiredAndReleasedByOneTransactionEach() throws Exception {
        ZooKeeperBackend fair = backend();
        String name = newName();
        // other sessions may come and go meanwhile, so that single rounds count more
        List<Long> transactions = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            long before = transaction(fair);
            HeldGrant grant = acquire(fair, name, LONG);
            assertThat(get(fair.release(grant))).isEqualTo(new ReleaseOutcome.Released());
            // between the two marks, but for the deletion of the first
            transactions.add(transaction(fair) - before - 2);
        }
        assertThat(transactions).contains(2L).allMatch(count -> count >= 2);
        assertThat(Backends.session(fair).exists(fair.paths().queue(name), false))
                .isNull();
    }

    private static long transaction(ZooKeeperBackend backend) throws Exception {
        Stat stat = new Stat();
        ZooKeeper zk = Backends.session(backend);
        String path = zk.create(
                backend.paths().grants() + "/mark-",
                new byte[0],
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.EPHEMERAL_SEQUENTIAL,
                stat);
        zk.delete(path, -1);
        return stat.getCzxid();
    }

    @Test
    void whoReleasesAndComesBackAtOnceDoesNotOvertakeWhoWaits() throws Exception {
        LockClient first = client(FAIR);
        LockClient second = client(FAIR);
        String name = newName();
        Lease lease = acquired(first, name);
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Lease> waiter = second.lock(name, OPTIONS).acquireAsync();
            awaitInLine(name, 1);
            CompletableFuture<Lease> released = lease.releaseAsync()
                    .toCompletableFuture()
                    .thenCompose(outcome -> first.lock(name, OPTIONS).acquireAsync());
            Lease next = waiter.get(20, TimeUnit.SECONDS);
            assertThat(released).isNotDone();
            next.release();
            lease = released.get(20, TimeUnit.SECONDS);
        }
        assertThat(lease.release()).isEqualTo(new ReleaseOutcome.Released());
    }

    @Test
    void theFirstInLineThatDoesNothingIsPassed() throws Exception {
        String name = newName();
        HeldGrant grant = acquire(observer, name, LONG);
        ZooKeeperBackend idle = idleInLine(name, 1);
        CompletableFuture<Lease> waiter = client(FAIR).lock(name, OPTIONS).acquireAsync();
        awaitInLine(name, 2);
        get(observer.release(grant));
        long releasedAt = System.nanoTime();
        Lease lease = waiter.get(20, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - releasedAt)).isBetween(Line.PATIENCE, PASSED);
        // its entry is gone, and it is not told that it holds what another one holds
        assertThat(attempt(idle, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
        awaitInLine(name, 1);
        lease.release();
        await().atMost(LONG).until(() -> attempt(idle, name, LONG) instanceof AttemptOutcome.Acquired);
    }

    @Test
    void twoThatDoNothingArePassedOneAfterTheOther() throws Exception {
        String name = newName();
        HeldGrant grant = acquire(observer, name, LONG);
        idleInLine(name, 1);
        idleInLine(name, 2);
        CompletableFuture<Lease> waiter = client(FAIR).lock(name, OPTIONS).acquireAsync();
        awaitInLine(name, 3);
        get(observer.release(grant));
        long releasedAt = System.nanoTime();
        waiter.get(30, TimeUnit.SECONDS).release();
        assertThat(Duration.ofNanos(System.nanoTime() - releasedAt))
                .isLessThan(Line.PATIENCE.multipliedBy(3).plusSeconds(5));
    }

    @Test
    void aHolderAndAFirstInLineThatDieTogetherCostOneTakeoverBound() throws Exception {
        String name = newName();
        Duration ttl = Duration.ofSeconds(2);
        acquire(observer, name, ttl);
        idleInLine(name, 1);
        LockClient client = client(FAIR);
        long start = System.nanoTime();
        Lease lease =
                client.lock(name, OPTIONS).tryAcquire(Duration.ofSeconds(30)).orElseThrow();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(ttl, client.capabilities().takeoverBound(ttl).plusSeconds(3));
        lease.release();
    }

    @Test
    void triesWithoutWaitingPassAQueueOfThoseThatDoNothing() throws Exception {
        String name = newName();
        HeldGrant grant = acquire(observer, name, LONG);
        idleInLine(name, 1);
        get(observer.release(grant));
        DistributedLock lock = client(FAIR).lock(name, OPTIONS);
        assertThat(lock.tryAcquire()).isEmpty();
        await().atMost(PASSED).until(() -> lock.tryAcquire().isPresent());
    }

    @Test
    void aTryAtTheMomentInWhichTheLastWaiterLeavesIsGranted() throws Exception {
        ZooKeeperBackend waiter = backend();
        String name = newName();
        for (int i = 0; i < 20; i++) {
            HeldGrant grant = acquire(observer, name, LONG);
            Subscription place = waiter.onReleased(name, () -> {});
            awaitInLine(name, 1);
            get(observer.release(grant));
            place.close();
        }
        awaitInLine(name, 0);
        get(observer.release(acquire(observer, name, LONG)));
    }

    @Test
    void aWaiterWhoseSessionEndedIsNotGrantedWhatAnotherOneHoldsAndQueuesAgain() throws Exception {
        String name = newName();
        HeldGrant grant = acquire(observer, name, LONG);
        AtomicInteger wakeUps = new AtomicInteger();
        ZooKeeperBackend waiter = backend();
        Subscription place = waiter.onReleased(name, wakeUps::incrementAndGet);
        awaitInLine(name, 1);
        String entry = queue(name).get(0);
        SessionEndIT.end(waiter);
        await().atMost(LONG).until(() -> queue(name).size() == 1 && !queue(name).contains(entry));
        assertThat(attempt(waiter, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(wakeUps).hasValue(0);
        get(observer.release(grant));
        await().atMost(LONG).until(() -> wakeUps.get() > 0);
        assertThat(attempt(waiter, name, LONG)).isInstanceOf(AttemptOutcome.Acquired.class);
        place.close();
        awaitInLine(name, 0);
    }

    @Test
    void wavesOfWaitsThatAreGivenUpLeaveNothing() throws Exception {
        Random random = new Random(4);
        List<LockClient> clients = clients(3);
        String name = newName();
        HeldGrant grant = acquire(observer, name, LONG);
        for (int wave = 0; wave < 30; wave++) {
            List<CompletableFuture<Lease>> waits = new ArrayList<>();
            for (LockClient client : clients) {
                waits.add(client.lock(name, OPTIONS).acquireAsync());
                waits.add(client.lock(name, OPTIONS).acquireAsync());
            }
            TimeUnit.MICROSECONDS.sleep(random.nextInt(10_000));
            waits.forEach(wait -> assertThat(wait.cancel(true)).isTrue());
        }
        awaitInLine(name, 0);
        assertThat(get(observer.release(grant))).isEqualTo(new ReleaseOutcome.Released());
        for (LockClient client : clients) {
            acquired(client, name).release();
        }
        await().atMost(LONG)
                .until(() -> !Backends.session(observer)
                        .getChildren(observer.paths().grants(), false)
                        .contains(grant.attemptId().toString()));
    }

    @Test
    void clientsInDifferentModesExcludeEachOther() throws Exception {
        String name = newName();
        List<LockClient> clients = List.of(client(FAIR), client("fair=false"), client(FAIR), client("fair=false"));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        int[] sum = new int[1];
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (LockClient client : clients) {
            workers.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 50; i++) {
                    try (Lease lease = client.lock(name, OPTIONS).acquire()) {
                        assertThat(lease.isValid()).isTrue();
                        if (inside.incrementAndGet() > 1) {
                            overlaps.incrementAndGet();
                        }
                        sum[0]++;
                        inside.decrementAndGet();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            }));
        }
        for (CompletableFuture<Void> worker : workers) {
            worker.get(60, TimeUnit.SECONDS);
        }
        assertThat(overlaps).hasValue(0);
        assertThat(sum[0]).isEqualTo(200);
        awaitInLine(name, 0);
    }

    @Test
    void aHandoffTellsTheFirstInLineAndItsFollowerAndNobodyElse() throws Exception {
        int count = 30;
        String name = newName();
        HeldGrant grant = acquire(observer, name, LONG);
        List<ZooKeeperBackend> waiters = new ArrayList<>();
        List<AtomicInteger> wakeUps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ZooKeeperBackend waiter = backend();
            AtomicInteger calls = new AtomicInteger();
            assertThat(attempt(waiter, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
            Subscription place = waiter.onReleased(name, calls::incrementAndGet);
            assertThat(place).isNotNull();
            awaitInLine(name, i + 1);
            waiters.add(waiter);
            wakeUps.add(calls);
        }
        List<Long> packets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int next = i;
            long before = Ensemble.sent(Clusters.zookeeper().nodes());
            get((i == 0 ? observer : waiters.get(i - 1)).release(grant));
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> wakeUps.get(next).get() > 0);
            grant = acquire(waiters.get(i), name, LONG);
            packets.add(Ensemble.sent(Clusters.zookeeper().nodes()) - before);
        }
        assertThat(wakeUps.subList(5, count)).allMatch(calls -> calls.get() == 0);
        // a few of them are pings, and looks of those who wait
        assertThat(Collections.min(packets))
                .as("packets of handoffs %s", packets)
                .isLessThan(count / 2);
    }

    @Test
    void aKilledFirstInLineIsPassed() throws Exception {
        assertPassed("KILL");
    }

    @Test
    void aStoppedFirstInLineIsPassedAndQueuesAgainWhenItGoesOn() throws Exception {
        assertPassed("STOP");
    }

    private void assertPassed(String signal) throws Exception {
        String name = newName();
        Lease lease = acquired(client(FAIR), name);
        try (FairWorker worker = FairWorker.start(uri(FAIR), name)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> queue(name).size() == 1);
            CompletableFuture<Lease> waiter = client(FAIR).lock(name, OPTIONS).acquireAsync();
            awaitInLine(name, 2);
            worker.signal(signal);
            lease.release();
            long releasedAt = System.nanoTime();
            Lease next = waiter.get(20, TimeUnit.SECONDS);
            assertThat(Duration.ofNanos(System.nanoTime() - releasedAt)).isLessThan(PASSED);
            if (signal.equals("STOP")) {
                worker.signal("CONT");
                awaitInLine(name, 1);
                assertThat(worker.token(Duration.ofMillis(300)))
                        .as("a grant beside another one")
                        .isEqualTo(-1);
                next.release();
                assertThat(worker.token(LONG)).isGreaterThan(next.token().value());
            }
        }
    }
}
