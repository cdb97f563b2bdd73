package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.HandoffOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/** Rules 5.1 to 5.5: giving a lock back. */
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

    /**
     * Fails when a handoff is anything else than a release and the attempt that follows it: a renewal that gives the old lease a new name, a write that asks for the client and not for the
     * lease, a successor that ends when its predecessor would have.
     */
    @Rule("5.5")
    default void rule_5_5_aHandoffEndsOneLeaseAndBeginsAnother() throws InterruptedException {
        assertTheSuccessorIsALeaseOfItsOwn();
        assertAHandoffWithoutTheLeaseDisturbsNobody();
        tck().unlessStalled(this::assertSuccessorsEndByTheirOwnTtl);
        assertNobodyMeetsAChainOfHandoffs();
        assertWaitersOfOneClientFollowEachOther();
    }

    private void assertTheSuccessorIsALeaseOfItsOwn() throws InterruptedException {
        String name = tck().name("handoff-raw");
        Held first = tck().rawA().acquire(name, tck().longTtl());
        Handoff handoff = tck().rawA().handOff(first, tck().longTtl());
        Held second = handoff.held();
        assertThat(second.token()).as("token of the successor in a handoff").isGreaterThan(first.token());
        tck().rawA().assertRenewalLost("it was handed over", first, tck().longTtl());
        assertThat(tck().rawA().release(first))
                .as("release of a lease that was handed over")
                .isInstanceOf(ReleaseOutcome.NotHeld.class);
        tck().rawB().assertContended("the successor in a handoff holds it", name, tck().longTtl());
        assertThat(tck().rawC().inspect(name))
                .as("what others see after a handoff")
                .hasValueSatisfying(state -> {
                    assertThat(state.token()).isEqualTo(second.token());
                    assertThat(state.holder()).isEqualTo(tck().rawA().holder());
                    assertThat(handoff.isSeenIn(state))
                            .as("metadata of the successor: %s", state.metadata())
                            .isTrue();
                });
        Held renewed = tck().rawA().renewed(second, tck().longTtl());
        tck().rawB().assertContended("the successor in a handoff renewed it", name, tck().longTtl());
        assertThat(tck().rawA().release(renewed))
                .as("release by the successor in a handoff")
                .isInstanceOf(ReleaseOutcome.Released.class);
        Held next = tck().rawB().acquire(name, tck().longTtl());
        assertThat(next.token()).as("token after a handoff and a release").isGreaterThan(second.token());
        tck().rawB().release(next);
    }

    private void assertAHandoffWithoutTheLeaseDisturbsNobody() throws InterruptedException {
        String name = tck().name("handoff-forced-out");
        Held forcedOut = tck().rawA().acquire(name, tck().longTtl());
        tck().rawC().forceRelease(name);
        Held other = tck().rawB().acquire(name, tck().longTtl());
        assertDisturbsNobody("forced out", forcedOut, other);
        tck().rawB().release(other);

        Handoff onFree = tck().rawA().handOff(forcedOut, tck().longTtl());
        HandoffOutcome outcome = onFree.outcomeWithin(Duration.ZERO);
        assertThat(outcome.released())
                .as("what became of the predecessor in a handoff by one who was forced out")
                .isInstanceOf(ReleaseOutcome.NotHeld.class);
        Held successor = onFree.successor(outcome);
        assertThat(successor.token())
                .as("token of a successor without a predecessor")
                .isGreaterThan(other.token());
        assertThat(tck().rawA().release(successor)).isInstanceOf(ReleaseOutcome.Released.class);
    }

    private void assertDisturbsNobody(String why, Held stale, Held other) throws InterruptedException {
        HandoffOutcome outcome = tck().rawA().handOff(stale, tck().longTtl()).outcomeWithin(Duration.ZERO);
        assertThat(outcome.attempted())
                .as("the attempt in a handoff by one who was %s, while another one holds", why)
                .isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(outcome.released())
                .as("what became of the predecessor in a handoff by one who was %s", why)
                .isInstanceOf(ReleaseOutcome.NotHeld.class);
        assertThat(tck().rawC().inspect(stale.name()).map(LockState::token))
                .as("token of the other one after it")
                .contains(other.token());
        tck().rawB().renewed(other, tck().longTtl());
        tck().rawC().assertContended("another one holds it", stale.name(), tck().longTtl());
    }

    private void assertSuccessorsEndByTheirOwnTtl() throws InterruptedException {
        String overtaken = tck().name("handoff-overtaken");
        String grown = tck().name("handoff-to-a-longer-ttl");
        String shrunk = tck().name("handoff-to-a-shorter-ttl");
        Held silent = tck().rawA().acquire(overtaken, tck().ttl());
        Held longer = tck().rawA()
                .handOff(tck().rawA().acquire(grown, tck().ttl()), tck().longTtl())
                .held();
        Held shorter = tck().rawA()
                .handOff(tck().rawA().acquire(shrunk, tck().longTtl()), tck().ttl())
                .held();
        FutureTask<Held> ofOvertaken = contender(overtaken);
        FutureTask<Held> ofShrunk = contender(shrunk);
        long endOfPredecessor = System.nanoTime()
                + tck().capabilities().takeoverBound(tck().ttl()).toNanos();
        while (System.nanoTime() - endOfPredecessor < 0) {
            tck().rawC().assertContended("its ttl is longer than its predecessor's", grown, tck().ttl());
            Windows.pass(Duration.ofMillis(10));
        }
        assertThat(tck().rawA().release(longer))
                .as("release by the successor with the longer ttl")
                .isInstanceOf(ReleaseOutcome.Released.class);

        Held afterShorter = Awaits.resultOf(ofShrunk, "the wait for a silent successor", tck().patience());
        assertThat(Timing.between(shorter.invokedAt(), afterShorter.returnedAt()))
                .as("time from a handoff to a successor that fell silent to the next grant")
                .isGreaterThanOrEqualTo(tck().exclusive());
        assertThat(afterShorter.token())
                .as("token after that of a silent successor")
                .isGreaterThan(shorter.token());
        Held other = Awaits.resultOf(ofOvertaken, "the wait for a silent holder", tck().patience());
        assertDisturbsNobody("overtaken", silent, other);
        tck().rawB().release(other);
        tck().rawB().release(afterShorter);
    }

    private FutureTask<Held> contender(String name) {
        return tck().start("contender", () -> tck().rawB().acquireWithin(tck().takeoverLimit(), name, tck().longTtl()));
    }

    /** Others may come between two leases where the handoff takes two steps, but never into one. */
    private void assertNobodyMeetsAChainOfHandoffs() throws InterruptedException {
        String name = tck().name("handoff-chain");
        Inside inside = new Inside();
        GrantLog grants = new GrantLog();
        AtomicBoolean over = new AtomicBoolean();
        Held held = tck().rawA().acquire(name, tck().longTtl());
        FutureTask<Integer> contender = tck().start("contender", () -> {
            int tries = 0;
            for (; !over.get(); tries++) {
                Optional<Held> got = tck().rawB().tryAcquire(name, tck().longTtl());
                if (got.isPresent()) {
                    inside.stay();
                    grants.add(
                            got.get().token(), got.get().invokedAt(), got.get().returnedAt());
                    tck().rawB().release(got.get());
                }
                Windows.pass(Duration.ofMillis(1));
            }
            return tries;
        });
        for (int i = 0; i < 10; i++) {
            grants.add(held.token(), held.invokedAt(), held.returnedAt());
            inside.stay();
            Handoff handoff = tck().rawA().handOff(held, tck().longTtl());
            HandoffOutcome outcome = handoff.outcomeWithin(Duration.ZERO);
            assertThat(outcome.released())
                    .as("what became of the predecessor in handoff %d in a row", i + 1)
                    .isInstanceOf(ReleaseOutcome.Released.class);
            held = outcome.attempted() instanceof AttemptOutcome.Contended
                    ? tck().rawA().acquireWithin(tck().patience(), name, tck().longTtl())
                    : handoff.successor(outcome);
        }
        over.set(true);
        assertThat(Awaits.resultOf(contender, "a contender beside handoffs", tck().patience()))
                .as("tries beside handoffs")
                .isPositive();
        tck().rawA().release(held);
        inside.assertNobodyMet();
        grants.assertUniqueAndInOrder();
    }

    private void assertWaitersOfOneClientFollowEachOther() throws InterruptedException {
        String name = tck().name("handoff-api");
        int rounds = 3;
        Lease first = Leases.acquired(tck().a(), name, tck().lasting());
        Inside inside = new Inside();
        List<FencingToken> tokens = new CopyOnWriteArrayList<>(List.of(first.token()));
        List<FutureTask<Integer>> waiters = new ArrayList<>();
        for (LockClient client : List.of(tck().a(), tck().a(), tck().a(), tck().b())) {
            DistributedLock lock = client.lock(name, tck().lasting());
            waiters.add(tck().start("waiter", () -> {
                for (int round = 0; round < rounds; round++) {
                    Lease lease = Leases.acquiredDespiteFaults(lock);
                    tokens.add(lease.token());
                    inside.stay();
                    lease.release();
                }
                return rounds;
            }));
        }
        // until they wait
        Windows.pass(Duration.ofMillis(50));
        assertThat(first.release())
                .as("release of a lease that others of its client wait for")
                .isInstanceOf(ReleaseOutcome.Released.class);
        assertThat(first.state()).isEqualTo(LeaseState.RELEASED);
        assertThat(first.renew())
                .as("renewal of a lease that was handed over")
                .isInstanceOf(RenewOutcome.Released.class);
        assertThat(first.release())
                .as("second release of a lease that was handed over")
                .isInstanceOf(ReleaseOutcome.NotHeld.class);
        for (FutureTask<Integer> waiter : waiters) {
            Awaits.resultOf(waiter, "a waiter beside others of its client", tck().patience());
        }
        inside.assertNobodyMet();
        assertThat(tokens)
                .as("tokens in the order of the grants")
                .hasSize(1 + waiters.size() * rounds)
                .isSorted()
                .doesNotHaveDuplicates();
    }
}
