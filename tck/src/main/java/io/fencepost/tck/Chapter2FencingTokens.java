package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.Durability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** Rules 2.1 to 2.7: tokens only ever grow. */
public interface Chapter2FencingTokens extends RuleBook {
    /** Fails when tokens are counted per client, or read from something that may lag behind. */
    @Rule("2.1")
    default void rule_2_1_aLaterLeaseHasAHigherToken() throws InterruptedException {
        String name = tck().name("sequence");
        GrantLog grants = new GrantLog();
        List<LockClient> clients = List.of(tck().a(), tck().b(), tck().c());
        for (int i = 0; i < 12; i++) {
            long invokedAt = System.nanoTime();
            Lease lease =
                    Leases.acquiredWithin(tck().handoffLimit(), clients.get(i % clients.size()), name, tck().lasting());
            grants.add(lease.token(), invokedAt, System.nanoTime());
            lease.release();
        }
        for (int i = 0; i < 6; i++) {
            RawClient client = i % 2 == 0 ? tck().rawA() : tck().rawB();
            Held held = client.acquireWithin(tck().handoffLimit(), name, tck().longTtl());
            grants.add(held.token(), held.invokedAt(), held.returnedAt());
            client.release(held);
        }
        grants.assertUniqueAndInOrder();
    }

    /** Fails when two attempts that race, or one whose answer was dropped, share a number. */
    @Rule("2.2")
    default void rule_2_2_noTokenIsIssuedTwiceUnderContention() throws InterruptedException {
        String name = tck().name("race");
        GrantLog grants = new GrantLog();
        Random seeds = tck().random("2.2");
        List<FutureTask<Integer>> workers = new ArrayList<>();
        for (RawClient client : List.of(tck().rawA(), tck().rawB(), tck().rawC())) {
            Random random = new Random(seeds.nextLong());
            workers.add(tck().start("racer", () -> race(client, name, grants, random)));
        }
        // a client whose core never learns of its grants, which its backend takes back as after an unknown outcome
        AtomicInteger dropped = new AtomicInteger();
        LockClient unlucky = tck().client(backend -> new LossyBackend(backend, grants, dropped));
        Random random = new Random(seeds.nextLong());
        workers.add(tck().start("unlucky", () -> {
            long end = System.nanoTime() + tck().patience().toNanos();
            while (dropped.get() < 3 && System.nanoTime() - end < 0) {
                unlucky.lock(name, tck().lasting()).acquireAsync(Duration.ZERO).get();
                Thread.sleep(random.nextInt(5));
            }
            return dropped.get();
        }));
        for (FutureTask<Integer> worker : workers) {
            Awaits.resultOf(worker, "a worker of rule 2.2", tck().patience().multipliedBy(2));
        }
        assertThat(dropped).as("grants whose answers were dropped").hasValueGreaterThanOrEqualTo(3);
        grants.assertUniqueAndInOrder();
    }

    private int race(RawClient client, String name, GrantLog grants, Random random) throws InterruptedException {
        int granted = 0;
        long end = System.nanoTime() + tck().patience().toNanos();
        while (granted < 10 && System.nanoTime() - end < 0) {
            long invokedAt = System.nanoTime();
            AttemptOutcome outcome = client.attempt(name, tck().longTtl());
            if (outcome instanceof AttemptOutcome.Acquired acquired) {
                Held held = new Held(acquired.grant(), invokedAt, System.nanoTime());
                grants.add(held.token(), held.invokedAt(), held.returnedAt());
                client.release(held);
                granted++;
            } else {
                Thread.sleep(random.nextInt(5));
            }
        }
        assertThat(granted)
                .as("grants to %s within %s", client.holder(), tck().patience())
                .isEqualTo(10);
        return granted;
    }

    /** Fails when a renewal draws a number, or when the token is looked up at the server whenever it is asked for. */
    @Rule("2.3")
    default void rule_2_3_renewingKeepsTheToken() throws InterruptedException {
        String name = tck().name("kept");
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
        FencingToken token = lease.token();
        for (int i = 0; i < 3; i++) {
            assertThat(lease.renew()).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(lease.token()).as("token after renewal").isEqualTo(token);
        }
        assertThat(tck().b().inspect(name))
                .as("token that others see after renewal")
                .get()
                .extracting(LockState::token)
                .isEqualTo(token);
        tck().b().forceRelease(name);
        Lease successor = Leases.acquiredWithin(tck().handoffLimit(), tck().b(), name, tck().lasting());
        assertThat(lease.token())
                .as("token of the thrown-out lease, after a successor came")
                .isEqualTo(token);
        lease.release();
        assertThat(lease.token()).as("token after release").isEqualTo(token);
        successor.release();
    }

    /** Fails when the number lives in the same record as the lease, and dies with it. */
    @Rule("2.4")
    default void rule_2_4_takeoverAfterExpiryGivesAHigherToken() throws InterruptedException {
        String name = tck().name("expired");
        Held silent = tck().rawA().acquire(name, tck().ttl());
        Held next = tck().rawB().acquireWithin(tck().takeoverLimit(), name, tck().ttl());
        assertThat(next.token()).as("token after expiry").isGreaterThan(silent.token());
        Lease third = Leases.acquiredWithin(tck().takeoverLimit(), tck().a(), name, tck().lasting());
        assertThat(third.token()).as("token after the second expiry").isGreaterThan(next.token());
        third.release();
    }

    /** Fails when the number has a TTL of its own, is cached by a client, or goes when the last client goes. */
    @Rule("2.5")
    default void rule_2_5_tokensGrowAcrossIdleTimeAndReopenedClients() throws InterruptedException {
        String released = tck().name("idle-released");
        String abandoned = tck().name("idle-abandoned");
        FencingToken firstReleased;
        FencingToken firstAbandoned;
        try (LockClient early = tck().client()) {
            Lease lease = Leases.acquired(early, released, tck().shortManual());
            firstReleased = lease.token();
            lease.release();
            firstAbandoned =
                    Leases.acquired(early, abandoned, tck().shortManual()).token();
        }
        Windows.pass(Timing.times(tck().capabilities().takeoverBound(tck().ttl()), 1.5));
        try (LockClient late = tck().client()) {
            assertThat(Leases.acquired(late, released, tck().lasting()).token())
                    .as("token after release and idle time")
                    .isGreaterThan(firstReleased);
            assertThat(Leases.acquiredWithin(tck().takeoverLimit(), late, abandoned, tck().lasting())
                            .token())
                    .as("token after the holder was closed, and idle time")
                    .isGreaterThan(firstAbandoned);
        }
    }

    /**
     * Fails when a number that was given out is not on disk, or when the lock is forgotten that goes with it. All servers are killed at once and started again.
     */
    @Rule("2.6")
    default void rule_2_6_tokensGrowAcrossARestartOfTheBackend() throws InterruptedException {
        tck().notApplicableIf(
                        tck().capabilities().durability() == Durability.PROCESS,
                        "the provider declares that nothing outlives the backend's processes");
        ServerControl servers = tck().servers();
        String released = tck().name("restart-released");
        String name = tck().name("restart-held");
        Lease first = Leases.acquired(tck().a(), released, tck().lasting());
        first.release();
        Held held = tck().rawA().acquire(name, tck().longTtl());
        for (int server = 0; server < servers.count(); server++) {
            servers.kill(server);
        }
        servers.heal();
        long exclusiveUntil = held.exclusiveUntil(tck().exclusive(tck().longTtl()));
        Assumptions.assumeTrue(
                exclusiveUntil - System.nanoTime() > 0,
                "the restart took longer than the longest lease that the kit holds, " + tck().longTtl());
        long lookUntil = Math.min(exclusiveUntil, System.nanoTime() + Windows.AFTER_RESTART.toNanos());
        while (System.nanoTime() - lookUntil < 0) {
            AttemptOutcome outcome = tck().rawB().attempt(name, tck().ttl());
            if (System.nanoTime() - exclusiveUntil < 0) {
                assertThat(outcome)
                        .as("try of a lock whose holder's lease outlasts the restart")
                        .isNotInstanceOf(AttemptOutcome.Acquired.class);
            }
            Windows.pass(Duration.ofMillis(20));
        }
        Lease next = Leases.acquiredWithin(tck().patience(), tck().client(), released, tck().lasting());
        assertThat(next.token()).as("token after a restart of all servers").isGreaterThan(first.token());
        next.release();
        Awaits.until(
                "the lock that was held over the restart is free",
                tck().patience(),
                () -> !(tck().rawC().forceRelease(name) instanceof ReleaseOutcome.Indeterminate));
        Held successor = tck().rawC().acquireWithin(tck().patience(), name, tck().longTtl());
        assertThat(successor.token())
                .as("token of the lock that was held over the restart")
                .isGreaterThan(held.token());
        tck().rawC().release(successor);
    }

    /** Fails when an administrator's release resets the number, or leaves the thrown-out holder in. */
    @Rule("2.7")
    default void rule_2_7_aForcedReleaseIsFollowedByAHigherToken() throws InterruptedException {
        String name = tck().name("forced");
        Lease thrownOut = Leases.acquired(tck().a(), name, tck().lasting());
        assertThat(tck().b().forceRelease(name)).as("forced release").isInstanceOf(ReleaseOutcome.Released.class);
        Lease next = Leases.acquiredWithin(tck().handoffLimit(), tck().c(), name, tck().lasting());
        assertThat(next.token()).as("token after the forced release").isGreaterThan(thrownOut.token());
        assertThat(thrownOut.renew()).as("renewal by the thrown-out holder").isInstanceOf(RenewOutcome.Lost.class);
        next.release();
        assertThat(tck().b().forceRelease(name))
                .as("forced release of a free lock")
                .isInstanceOf(ReleaseOutcome.NotHeld.class);

        String raw = tck().name("forced-raw");
        Held first = tck().rawA().acquire(raw, tck().longTtl());
        assertThat(tck().rawB().forceRelease(raw)).isInstanceOf(ReleaseOutcome.Released.class);
        Held second = tck().rawB().acquire(raw, tck().longTtl());
        assertThat(second.token()).as("token after the forced release").isGreaterThan(first.token());
        tck().rawA().assertRenewalLost("thrown out by force", first, tck().longTtl());
        assertThat(tck().rawA().release(first)).isInstanceOf(ReleaseOutcome.NotHeld.class);
        tck().rawC().assertContended("held by the successor", raw, tck().longTtl());
        tck().rawB().release(second);
    }
}
