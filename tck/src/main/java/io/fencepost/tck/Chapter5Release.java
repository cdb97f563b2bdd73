package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import java.util.concurrent.FutureTask;

/** Rules 5.1 to 5.4: giving a lock back. */
public interface Chapter5Release extends RuleBook {
    /** Fails when a release does not reach the server before it answers, or leaves something of the lock behind. */
    @Rule("5.1")
    default void rule_5_1_aReleasedLockIsGrantedAtOnce() throws InterruptedException {
        String name = tck().name("released");
        for (int i = 0; i < 3; i++) {
            Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
            assertThat(lease.release()).isInstanceOf(ReleaseOutcome.Released.class);
            assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
            Lease next = Leases.acquired(tck().b(), name, tck().lasting());
            next.close();
            assertThat(next.state()).isEqualTo(LeaseState.RELEASED);
        }
        String raw = tck().name("released-raw");
        Held held = tck().rawA().acquire(raw, tck().longTtl());
        assertThat(tck().rawA().release(held)).isInstanceOf(ReleaseOutcome.Released.class);
        tck().rawB().release(tck().rawB().acquire(raw, tck().longTtl()));
    }

    /** Fails when a release that found nothing says that it released. */
    @Rule("5.2")
    default void rule_5_2_aSecondReleaseSaysThatItDidNothing() throws InterruptedException {
        String name = tck().name("twice");
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
        assertThat(lease.release()).isInstanceOf(ReleaseOutcome.Released.class);
        assertThat(lease.release()).isInstanceOf(ReleaseOutcome.NotHeld.class);
        lease.close();

        String raw = tck().name("twice-raw");
        Held held = tck().rawA().acquire(raw, tck().longTtl());
        assertThat(tck().rawA().release(held)).isInstanceOf(ReleaseOutcome.Released.class);
        assertThat(tck().rawA().release(held)).isInstanceOf(ReleaseOutcome.NotHeld.class);
    }

    /** Fails when a release deletes without asking whose lease it deletes. */
    @Rule("5.3")
    default void rule_5_3_aStaleReleaseNeverFreesTheSuccessor() throws InterruptedException {
        String api = tck().name("stale-release-api");
        String raw = tck().name("stale-release-raw");
        Lease staleLease = Leases.acquired(tck().a(), api, tck().shortManual());
        Held stale = tck().rawA().acquire(raw, tck().ttl());
        Held successor = tck().rawB().acquireWithin(tck().takeoverLimit(), raw, tck().longTtl());
        Lease next = Leases.acquiredWithin(tck().takeoverLimit(), tck().b(), api, tck().lasting());

        assertThat(tck().rawA().release(stale))
                .as("release of a lock that a successor holds")
                .isInstanceOf(ReleaseOutcome.NotHeld.class);
        tck().rawC().assertContended("the successor holds it", raw, tck().longTtl());
        assertThat(tck().rawC().inspect(raw)).get().extracting(LockState::token).isEqualTo(successor.token());
        tck().rawB().release(tck().rawB().renewed(successor, tck().longTtl()));

        String twice = tck().name("stale-release-own");
        Held earlier = tck().rawA().acquire(twice, tck().longTtl());
        tck().rawA().release(earlier);
        Held later = tck().rawA().acquire(twice, tck().longTtl());
        assertThat(tck().rawA().release(earlier))
                .as("release of an earlier lease of the same client")
                .isInstanceOf(ReleaseOutcome.NotHeld.class);
        tck().rawC().assertContended("a later lease of the same client holds it", twice, tck().longTtl());
        tck().rawA().release(later);

        assertThat(staleLease.release()).as("release of a lost lease").isNotInstanceOf(ReleaseOutcome.Released.class);
        staleLease.close();
        Leases.assertContended(tck().c(), api, tck().lasting());
        assertThat(next.renew()).as("renewal by the successor").isInstanceOf(RenewOutcome.Renewed.class);
        next.release();
    }

    /** Fails when something is bound to the thread that acquired. */
    @Rule("5.4")
    default void rule_5_4_anyThreadMayRenewOrRelease() throws InterruptedException {
        String name = tck().name("threads");
        FutureTask<Lease> acquired = tck().start("acquirer", () -> Leases.acquired(tck().a(), name, tck().lasting()));
        Lease lease = Awaits.resultOf(acquired, "acquiring", tck().patience());
        FutureTask<RenewOutcome> renewed = tck().start("renewer", lease::renew);
        assertThat(Awaits.resultOf(renewed, "renewing", tck().patience())).isInstanceOf(RenewOutcome.Renewed.class);
        Leases.assertContended(tck().b(), name, tck().lasting());
        FutureTask<ReleaseOutcome> released = tck().start("releaser", lease::release);
        assertThat(Awaits.resultOf(released, "releasing", tck().patience()))
                .isInstanceOf(ReleaseOutcome.Released.class);
        Leases.acquired(tck().b(), name, tck().lasting()).release();
    }
}
