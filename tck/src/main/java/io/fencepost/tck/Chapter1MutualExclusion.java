package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockState;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Rules 1.1 to 1.7: one holder at a time, for each name apart. */
public interface Chapter1MutualExclusion extends RuleBook {
    /** Fails when a second client is granted a held lock: look at the condition under which the backend writes. */
    @Rule("1.1")
    default void rule_1_1_whileALeaseIsValidAnotherTryIsContended() throws InterruptedException {
        String name = tck().name("held");
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
        for (int i = 0; i < 5; i++) {
            Leases.assertContended(tck().b(), name, tck().lasting());
        }
        assertThat(lease.isValid()).as("the holder's lease").isTrue();
        lease.release();

        String raw = tck().name("held-raw");
        Held held = tck().rawA().acquire(raw, tck().longTtl());
        tck().rawB().assertContended("held by another", raw, tck().longTtl());
        tck().rawB().assertContended("held by another, asked again", raw, tck().longTtl());
        Leases.assertContended(tck().b(), raw, tck().lasting());
        tck().rawA().release(held);
    }

    /**
     * Fails when two hold at once under a race. A sum that is too small with no overlap seen means that a holder did
     * not see its predecessor's write, which no lock service can cause: look at the rule itself.
     */
    @Rule("1.2")
    default void rule_1_2_manyClientsAndThreadsNeverMeetInside() throws InterruptedException {
        int clients = 3;
        int threads = 3;
        int rounds = 8;
        String name = tck().name("counter");
        Random seeds = tck().random("1.2");
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        // a plain sum: what orders its reads and writes is the lock, through the atomic counter of those inside
        int[] sum = new int[1];
        GrantLog grants = new GrantLog();
        List<FutureTask<Integer>> workers = new ArrayList<>();
        for (LockClient client : List.of(tck().a(), tck().b(), tck().c()).subList(0, clients)) {
            DistributedLock lock = client.lock(name, tck().lasting());
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(seeds.nextLong());
                workers.add(tck().start("counter", () -> {
                    for (int round = 0; round < rounds; round++) {
                        long invokedAt = System.nanoTime();
                        try (Lease lease = Leases.acquiredDespiteFaults(lock)) {
                            long grantedAt = System.nanoTime();
                            if (inside.incrementAndGet() > 1) {
                                overlaps.incrementAndGet();
                            }
                            int read = sum[0];
                            Thread.sleep(random.nextInt(3));
                            sum[0] = read + 1;
                            inside.decrementAndGet();
                            grants.add(lease.token(), invokedAt, grantedAt);
                        }
                    }
                    return rounds;
                }));
            }
        }
        for (FutureTask<Integer> worker : workers) {
            Awaits.resultOf(worker, "a worker of rule 1.2", tck().patience().multipliedBy(2));
        }
        assertThat(overlaps).as("times that two were inside").hasValue(0);
        assertThat(sum[0]).as("sum of unguarded increments").isEqualTo(clients * threads * rounds);
        grants.assertUniqueAndInOrder();
    }

    /**
     * Fails when what keeps holders apart lives in the process that they share: a static map, a local queue in front of a backend that does not exclude.
     */
    @Rule("1.3")
    default void rule_1_3_manyProcessesNeverMeetInside() throws InterruptedException, IOException {
        int processes = 3;
        int rounds = 12;
        String name = tck().name("processes");
        Random seeds = tck().random("1.3");
        Path folder = Files.createTempDirectory("fencepost-tck");
        tck().closedAfterwards(() -> deleteFolder(folder));
        List<WorkerProcess> workers = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            workers.add(tck().worker());
        }
        workers.forEach(worker -> worker.send(Worker.count(name, tck().longTtl(), folder, rounds, seeds.nextLong())));
        for (WorkerProcess worker : workers) {
            worker.answer(tck().patience().plus(tck().handoffLimit().multipliedBy((long) processes * rounds)));
        }
        new SharedCounter(folder).assertCountedTo((long) processes * rounds);
    }

    private static void deleteFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    /** Fails when names share something that they must not: a key, a queue, an in-flight slot that a waiter keeps. */
    @Rule("1.4")
    default void rule_1_4_differentNamesNeverBlockEachOther() throws InterruptedException {
        String held = tck().name("held");
        Lease lease = Leases.acquired(tck().a(), held, tck().lasting());
        List<CompletableFuture<Lease>> waiters = List.of(
                tck().a().lock(held, tck().lasting()).acquireAsync(),
                tck().b().lock(held, tck().lasting()).acquireAsync());
        tck().closedAfterwards(lease);
        waiters.forEach(waiter -> tck().closedAfterwards(() -> waiter.cancel(true)));
        for (LockClient client : List.of(tck().a(), tck().b())) {
            for (int i = 0; i < 5; i++) {
                Lease other = Leases.acquired(client, tck().name("other"), tck().lasting());
                other.release();
            }
        }
        assertThat(lease.isValid()).as("the lease that others wait for").isTrue();
        waiters.forEach(waiter -> waiter.cancel(true));
        lease.release();
    }

    /**
     * Fails when the backend grants by holder or connection instead of by attempt, or when a refused try disturbs the
     * lease.
     */
    @Rule("1.5")
    default void rule_1_5_theHoldersOwnSecondTryIsContended() throws InterruptedException {
        String name = tck().name("own");
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
        Leases.assertContended(tck().a(), name, tck().lasting());
        assertThat(lease.renew()).as("renewal after the refused try").isInstanceOf(RenewOutcome.Renewed.class);
        Leases.assertContended(tck().b(), name, tck().lasting());
        lease.release();

        String raw = tck().name("own-raw");
        Held held = tck().rawA().acquire(raw, tck().longTtl());
        tck().rawA().assertContended("held by the same client, by another attempt", raw, tck().longTtl());
        tck().rawB().assertContended("still held", raw, tck().longTtl());
        Held renewed = tck().rawA().renewed(held, tck().longTtl());
        tck().rawA().release(renewed);

        String overtaken = tck().name("own-overtaken");
        tck().rawA().acquire(overtaken, tck().ttl());
        Held successor = tck().rawB().acquireWithin(tck().takeoverLimit(), overtaken, tck().longTtl());
        tck().rawA().assertContended("its own lease expired, and a successor holds", overtaken, tck().longTtl());
        tck().rawB().release(successor);
    }

    /** Fails when a name is folded, trimmed, normalised, split or cut on its way into a key or path. */
    @Rule("1.6")
    default void rule_1_6_namesAreComparedCodePointByCodePoint() throws InterruptedException {
        String prefix = tck().name("n");
        Map<String, Lease> leases = new LinkedHashMap<>();
        for (String name : Leases.awkwardNames(prefix)) {
            // names without the prefix may be left over from a run that was killed
            Duration leftover = name.contains(prefix) ? Duration.ZERO : tck().takeoverLimit(tck().longTtl());
            Lease lease = tck().a()
                    .lock(name, tck().shortAutomatic().withTtl(tck().longTtl()))
                    .tryAcquire(leftover)
                    .orElseThrow(() -> new AssertionError("'" + Leases.shown(name)
                            + "' should be free; it is taken for one of "
                            + leases.keySet().stream().map(Leases::shown).toList()));
            leases.put(name, lease);
            tck().closedAfterwards(lease);
        }
        for (Map.Entry<String, Lease> entry : leases.entrySet()) {
            String name = entry.getKey();
            Leases.assertContended(tck().b(), name, tck().lasting());
            assertThat(tck().b().inspect(name))
                    .as("inspection of '%s'", Leases.shown(name))
                    .get()
                    .extracting(LockState::name, LockState::token)
                    .containsExactly(name, entry.getValue().token());
        }
        leases.values().forEach(Lease::release);
    }

    /**
     * Fails when a server that comes back has forgotten who holds, or when those that are left let another one in. Each server is killed and started again in turn, while one client
     * holds.
     */
    @Rule("1.7")
    default void rule_1_7_aFailingServerLetsNobodyIn() throws InterruptedException {
        ServerControl servers = tck().servers();
        tck().notApplicableIf(servers.tolerated() == 0, "the backend works only with all of its servers");
        String name = tck().name("failing-server");
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
        for (int server = 0; server < servers.count(); server++) {
            String other = tck().name("failing-server-other");
            servers.kill(server);
            assertNobodyElseIsGranted(name, "while server " + server + " is gone");
            assertRenewed(lease, "while server " + server + " is gone");
            Leases.acquiredWithin(tck().patience(), tck().c(), other, tck().lasting())
                    .release();
            servers.heal();
            assertNobodyElseIsGranted(name, "after server " + server + " came back");
            assertRenewed(lease, "after server " + server + " came back");
        }
        assertThat(lease.isValid())
                .as("the holder's lease, renewed beside %d failures of single servers", servers.count())
                .isTrue();
        lease.release();
        Lease next = Leases.acquiredWithin(tck().patience(), tck().b(), name, tck().lasting());
        assertThat(next.token()).as("token after failures of single servers").isGreaterThan(lease.token());
        next.release();
    }

    private void assertRenewed(Lease lease, String when) {
        Awaits.until("the holder's lease is renewed " + when, tck().patience(), () -> {
            RenewOutcome outcome = lease.renew();
            assertThat(outcome)
                    .as("renewal of '%s' by its holder %s", lease.name(), when)
                    .isNotInstanceOf(RenewOutcome.Lost.class);
            return outcome instanceof RenewOutcome.Renewed;
        });
    }

    /** Tries until a try is answered by contention, and fails if one is granted. */
    private void assertNobodyElseIsGranted(String name, String when) {
        Awaits.until("a try of the held lock is answered " + when, tck().patience(), () -> {
            AttemptOutcome outcome = tck().rawB().attempt(name, tck().longTtl());
            assertThat(outcome)
                    .as("try of '%s' by %s %s", name, tck().rawB().holder(), when)
                    .isNotInstanceOf(AttemptOutcome.Acquired.class);
            return outcome instanceof AttemptOutcome.Contended;
        });
    }
}
