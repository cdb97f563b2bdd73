package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Rules 4.1 to 4.6: keeping a lease, and what no renewal may do. */
public interface Chapter4Renewal extends RuleBook {
    /**
     * Fails when a renewal does not reach the server, sets a shorter term, or leaves part of the lock's state to
     * expire.
     */
    @Rule("4.1")
    default void rule_4_1_aRenewedLeaseStillExcludesOthersAfterItsFirstTerm() throws InterruptedException {
        tck().unlessStalled(() -> {
            String raw = tck().name("renewed-raw");
            String api = tck().name("renewed-api");
            Lease lease = Leases.acquired(tck().a(), api, tck().shortAutomatic());
            Held held = tck().rawA().acquire(raw, tck().ttl());
            long firstGrant = held.returnedAt();
            long quarter = tck().ttl().toNanos() / 4;
            for (int i = 1; i <= 6; i++) {
                Windows.passUntil(firstGrant + i * quarter);
                held = tck().rawA().renewed(held, tck().ttl());
                tck().rawB().assertContended("renewed after " + i + "/4 of the ttl", raw, tck().ttl());
                Leases.assertContended(tck().b(), api, tck().lasting());
            }
            assertThat(Timing.since(firstGrant)).isGreaterThan(Timing.times(tck().ttl(), 1.5));
            assertThat(lease.isValid()).as("the lease that renews itself").isTrue();
            tck().rawA().release(held);
            lease.release();
        });
    }

    /** Fails when a renewal writes without asking whether the lease is still there. */
    @Rule("4.2")
    default void rule_4_2_renewingAfterExpiryRevivesNothing() throws InterruptedException {
        String untouched = tck().name("expired-untouched");
        String takenOver = tck().name("expired-taken");
        String api = tck().name("expired-api");
        Lease lease = Leases.acquired(tck().a(), api, tck().shortManual());
        Held lonely = tck().rawA().acquire(untouched, tck().ttl());
        Held silent = tck().rawA().acquire(takenOver, tck().ttl());
        Held successor = tck().rawB().acquireWithin(tck().takeoverLimit(), takenOver, tck().longTtl());
        tck().rawA().assertRenewalLost("expired, and taken over", silent, tck().ttl());
        tck().rawC().assertContended("the successor holds it", takenOver, tck().ttl());
        tck().rawB().release(successor);

        Leases.awaitLost(lease, tck().takeoverLimit());
        assertThat(lease.renew()).as("renewal of a lost lease").isInstanceOf(RenewOutcome.Lost.class);
        assertThat(lease.state()).isEqualTo(LeaseState.LOST);
        Leases.acquiredWithin(tck().takeoverLimit(), tck().b(), api, tck().lasting())
                .release();

        // where a lease ends only for somebody who looks, nobody did, and it may go on
        if (!tck().expiresOnlyWhenObserved()) {
            Windows.passUntil(lonely.returnedAt()
                    + tck().capabilities().takeoverBound(tck().ttl()).toNanos());
            tck().rawA().assertRenewalLost("expired, and nobody came", lonely, tck().ttl());
            Held next = tck().rawB().acquire(untouched, tck().longTtl());
            tck().rawB().release(next);
        }
    }

    /** Fails when a renewal is conditional on there being a lease, instead of on its being this one. */
    @Rule("4.3")
    default void rule_4_3_aStaleRenewalLeavesTheSuccessorAlone() throws InterruptedException {
        String name = tck().name("stale-renewal");
        Held stale = tck().rawA().acquire(name, tck().ttl());
        Held successor = tck().rawB().acquireWithin(tck().takeoverLimit(), name, tck().longTtl());
        for (int i = 0; i < 3; i++) {
            tck().rawA().assertRenewalLost("taken over", stale, tck().ttl());
        }
        assertThat(tck().rawC().inspect(name))
                .as("the lock after stale renewals")
                .get()
                .extracting(LockState::token, LockState::holder)
                .containsExactly(successor.token(), tck().rawB().holder());
        tck().rawC().assertContended("the successor holds it", name, tck().ttl());
        // the stale renewals asked for a short term, which must not have been given to the successor's lease
        Windows.pass(Timing.min(tck().takeoverLimit(), tck().ttl().multipliedBy(2)));
        tck().rawC().assertContended("the successor still holds it", name, tck().ttl());
        tck().rawB().release(tck().rawB().renewed(successor, tck().longTtl()));

        String twice = tck().name("stale-renewal-own");
        Held earlier = tck().rawA().acquire(twice, tck().longTtl());
        tck().rawA().release(earlier);
        Held later = tck().rawA().acquire(twice, tck().longTtl());
        tck().rawA().assertRenewalLost("a later lease of the same client holds it", earlier, tck().ttl());
        tck().rawA().release(tck().rawA().renewed(later, tck().longTtl()));
    }

    /** Fails when a renewal creates what it does not find. */
    @Rule("4.4")
    default void rule_4_4_renewingAfterReleaseLeavesTheLockFree() throws InterruptedException {
        String name = tck().name("released");
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
        lease.release();
        assertThat(lease.renew()).as("renewal of a released lease").isInstanceOf(RenewOutcome.Released.class);
        assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
        Leases.acquired(tck().b(), name, tck().lasting()).release();

        String raw = tck().name("released-raw");
        Held held = tck().rawA().acquire(raw, tck().longTtl());
        tck().rawA().release(held);
        tck().rawA().assertRenewalLost("released", held, tck().longTtl());
        tck().rawB().release(tck().rawB().acquire(raw, tck().longTtl()));
    }

    /**
     * Fails when a fault inside one renewal ends the renewing, or when something goes on renewing what is over. Every
     * second renewal throws, fails or answers that its outcome is unknown.
     */
    @Rule("4.5")
    default void rule_4_5_automaticRenewalSurvivesFaultsAndEndsWithTheLease() throws InterruptedException {
        tck().unlessStalled(() -> {
            String released = tck().name("auto-released");
            String lost = tck().name("auto-lost");
            String closed = tck().name("auto-closed");
            MoodyBackend[] between = new MoodyBackend[1];
            LockClient client = tck().client(backend -> {
                between[0] = new MoodyBackend(backend);
                return between[0];
            });
            MoodyBackend moody = between[0];
            Lease first = Leases.acquired(client, released, tck().shortAutomatic());
            Lease second = Leases.acquired(client, lost, tck().shortAutomatic());
            Lease third = Leases.acquired(client, closed, tck().shortAutomatic());
            long start = System.nanoTime();
            Duration term = tck().ttl().multipliedBy(5);
            while (Timing.since(start).compareTo(term) < 0) {
                tck().rawB().assertContended("renewed automatically", released, tck().ttl());
                Windows.pass(tck().ttl().dividedBy(4));
            }
            assertThat(first.isValid() && second.isValid() && third.isValid())
                    .as("leases with faulty renewals are valid after %s", term)
                    .isTrue();
            assertThat(moody.renewals(released)).as("renewals within %s", term).isGreaterThan(5);

            first.release();
            long renewalsOfReleased = moody.renewals(released);
            tck().b().forceRelease(lost);
            Leases.awaitLost(second, tck().takeoverLimit());
            long renewalsOfLost = moody.renewals(lost);
            Windows.pass(tck().ttl());
            assertThat(moody.renewals(released))
                    .as("renewals, those after release included")
                    .isEqualTo(renewalsOfReleased);
            assertThat(moody.renewals(lost))
                    .as("renewals, those after loss included")
                    .isEqualTo(renewalsOfLost);
            assertThat(third.isValid()).as("the lease that is left").isTrue();

            client.close();
            long renewalsOfClosed = moody.renewals(closed);
            Windows.pass(tck().ttl());
            assertThat(moody.renewals(closed))
                    .as("renewals, those after close included")
                    .isEqualTo(renewalsOfClosed);
            Leases.acquired(tck().b(), released, tck().lasting()).release();
            Leases.acquired(tck().b(), lost, tck().lasting()).release();
            Leases.acquiredWithin(tck().takeoverLimit(), tck().b(), closed, tck().lasting())
                    .release();
        });
    }

    /**
     * Fails when renewals queue behind each other, share a thread that one of them blocks, or come in bursts that the backend does not bear.
     */
    @Rule("4.6")
    default void rule_4_6_automaticRenewalKeepsManyLeases() throws InterruptedException {
        Duration ttl = Timing.min(
                Timing.scaled(tck().fixture().ttlOfManyLeases()),
                tck().capabilities().maxTtl());
        LockClient client = tck().client();
        LockOptions options = LockOptions.ttl(ttl);
        List<Lease> leases = new ArrayList<>();
        // asked for little by little, as an application does that starts
        for (int first = 0; first < ManyLeases.COUNT; first += ManyLeases.AT_ONCE) {
            List<CompletableFuture<Lease>> asked = new ArrayList<>();
            for (int i = first; i < first + ManyLeases.AT_ONCE; i++) {
                asked.add(client.lock(tck().name("many"), options).acquireAsync());
            }
            for (CompletableFuture<Lease> one : asked) {
                leases.add(Awaits.resultOf(one, "one of many leases", tck().patience()));
            }
        }
        List<String> lost = new CopyOnWriteArrayList<>();
        leases.forEach(lease -> lease.lost().thenAccept(cause -> lost.add(lease.name() + ": " + cause)));
        long end = System.nanoTime() + ttl.multipliedBy(5).toNanos();
        while (System.nanoTime() - end < 0 && lost.isEmpty()) {
            Windows.pass(Duration.ofMillis(100));
        }
        assertThat(lost)
                .as("leases lost of %d of one client that renewed them for five ttls of %s", ManyLeases.COUNT, ttl)
                .isEmpty();
        assertThat(leases).allMatch(Lease::isValid);
        for (int i = 0; i < ManyLeases.COUNT; i += ManyLeases.COUNT / 10) {
            Leases.assertContended(tck().b(), leases.get(i).name(), tck().lasting());
        }
        List<CompletableFuture<ReleaseOutcome>> releases =
                leases.stream().map(Lease::releaseAsync).toList();
        for (CompletableFuture<ReleaseOutcome> release : releases) {
            Awaits.resultOf(release, "one of many releases", tck().patience());
        }
    }
}
