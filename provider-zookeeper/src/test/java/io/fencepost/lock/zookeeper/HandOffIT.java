package io.fencepost.lock.zookeeper;

import static io.fencepost.lock.zookeeper.Backends.LONG;
import static io.fencepost.lock.zookeeper.Backends.acquire;
import static io.fencepost.lock.zookeeper.Backends.attempt;
import static io.fencepost.lock.zookeeper.Backends.get;
import static io.fencepost.lock.zookeeper.Backends.newName;
import static io.fencepost.lock.zookeeper.Backends.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Clusters;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.HandoffOutcome;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Handoffs within a client: what they leave of the predecessor, what others see of them, and answers that are lost. */
class HandOffIT {
    private static final Duration SHORT = Duration.ofMillis(600);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final ReleaseOutcome RELEASED = new ReleaseOutcome.Released();
    private static final ReleaseOutcome NOT_HELD = new ReleaseOutcome.NotHeld();

    private static ZooKeeperBackend holder;
    private static ZooKeeperBackend other;

    @BeforeAll
    static void open() {
        holder = Backends.open();
        other = Backends.open();
    }

    @AfterAll
    static void close() {
        holder.close();
        other.close();
    }

    private static HandoffOutcome handOff(ZooKeeperBackend backend, HeldGrant grant, Duration ttl) {
        return get(backend.handOff(grant, request(grant.name(), ttl)));
    }

    private static HeldGrant successor(HandoffOutcome outcome) {
        if (outcome.attempted() instanceof AttemptOutcome.Acquired acquired) {
            return (HeldGrant) acquired.grant();
        }
        throw new AssertionError("not handed off: " + outcome);
    }

    private static FencingToken shownToken(String name) {
        return get(other.inspect(name)).orElseThrow().token();
    }

    @Test
    void aHandoffIsOneTransactionAndGivesAGreaterTokenThatEverybodySees() {
        String name = newName();
        HeldGrant first = acquire(holder, name, LONG);
        HeldGrant last = first;
        int handoffs = 20;
        for (int i = 0; i < handoffs; i++) {
            HandoffOutcome outcome = handOff(holder, last, LONG);
            assertThat(outcome.released()).isEqualTo(RELEASED);
            HeldGrant next = successor(outcome);
            assertThat(next.token()).isGreaterThan(last.token());
            assertThat(shownToken(name)).isEqualTo(next.token());
            last = next;
        }
        // transaction ids are counted by the ensemble, and nobody else writes
        assertThat(last.token().value() - first.token().value()).isEqualTo(handoffs);
        assertThat(get(holder.renew(last, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(shownToken(name)).isEqualTo(last.token());
        assertThat(get(other.inspect(name)).orElseThrow().metadata()).containsOnlyKeys("purpose");
        assertThat(get(holder.release(last))).isEqualTo(RELEASED);
        assertThat(acquire(other, name, LONG).token()).isGreaterThan(last.token());
    }

    @Test
    void thePredecessorCanNeitherRenewNorReleaseNorHandOffAgain() {
        String name = newName();
        HeldGrant old = acquire(holder, name, LONG);
        HeldGrant next = successor(handOff(holder, old, LONG));
        assertThat(get(holder.release(old))).isEqualTo(NOT_HELD);
        HandoffOutcome again = handOff(holder, old, LONG);
        assertThat(again.released()).isEqualTo(NOT_HELD);
        assertThat(again.attempted()).isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(get(holder.renew(old, LONG))).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        assertThat(shownToken(name)).isEqualTo(next.token());
        assertThat(get(holder.renew(next, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(get(holder.release(next))).isEqualTo(RELEASED);
    }

    @Test
    void aContenderIsNotWokenByHandoffsAndCountsFromTheLastOne() {
        String name = newName();
        HeldGrant grant = acquire(holder, name, SHORT);
        assertThat(attempt(other, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
        AtomicInteger woken = new AtomicInteger();
        Subscription subscription = other.onReleased(name, woken::incrementAndGet);
        long end = System.nanoTime() + SHORT.multipliedBy(5).toNanos();
        while (System.nanoTime() - end < 0) {
            HandoffOutcome outcome = handOff(holder, grant, SHORT);
            assertThat(outcome.released()).isEqualTo(RELEASED);
            grant = successor(outcome);
            assertThat(attempt(other, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
        }
        assertThat(woken).hasValue(0);
        get(holder.release(grant));
        await().atMost(LONG).until(() -> woken.get() > 0);
        subscription.close();
    }

    @Test
    void aSilentSuccessorIsThrownOut() {
        String name = newName();
        HeldGrant silent = successor(handOff(holder, acquire(holder, name, LONG), SHORT));
        AttemptOutcome outcome =
                await().atMost(LONG).until(() -> attempt(other, name, LONG), AttemptOutcome.Acquired.class::isInstance);
        HeldGrant taken = (HeldGrant) ((AttemptOutcome.Acquired) outcome).grant();
        assertThat(taken.token()).isGreaterThan(silent.token());
        HandoffOutcome late = handOff(holder, silent, LONG);
        assertThat(late.released()).isEqualTo(NOT_HELD);
        assertThat(late.attempted()).isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(get(other.release(taken))).isEqualTo(RELEASED);
    }

    @Test
    void whoHoldsNothingAnyMoreHandsNothingOffAndTheAttemptGoesOn() {
        String name = newName();
        HeldGrant forced = acquire(holder, name, LONG);
        assertThat(get(other.forceRelease(name))).isEqualTo(RELEASED);
        HandoffOutcome outcome = handOff(holder, forced, LONG);
        assertThat(outcome.released()).isEqualTo(NOT_HELD);
        HeldGrant next = successor(outcome);
        assertThat(next.token()).isGreaterThan(forced.token());
        assertThat(get(holder.release(next))).isEqualTo(RELEASED);
    }

    @Test
    void afterTheSessionOfThePredecessorTheAttemptGoesOnInTheNext() throws Exception {
        String name = newName();
        try (ZooKeeperBackend backend = Backends.open()) {
            HeldGrant old = acquire(backend, name, LONG);
            SessionEndIT.end(backend);
            HandoffOutcome outcome = handOff(backend, old, LONG);
            assertThat(outcome.released()).isEqualTo(NOT_HELD);
            HeldGrant next = successor(outcome);
            assertThat(next.token()).isGreaterThan(old.token());
            assertThat(next.session()).isNotSameAs(old.session());
        }
    }

    @Test
    void aLockThatWasDeletedByHandIsMadeAgain() throws Exception {
        String name = newName();
        HeldGrant old = acquire(holder, name, LONG);
        Backends.session(other).delete(other.paths().lock(name), -1);
        HeldGrant next = successor(handOff(holder, old, LONG));
        assertThat(next.token()).isGreaterThan(old.token());
        assertThat(get(holder.release(next))).isEqualTo(RELEASED);
    }

    @Test
    void whereALockWasDeletedByHandAndTakenNothingIsHandedOff() throws Exception {
        String name = newName();
        HeldGrant old = acquire(holder, name, LONG);
        Backends.session(other).delete(other.paths().lock(name), -1);
        HeldGrant taken = acquire(other, name, LONG);
        HandoffOutcome outcome = handOff(holder, old, LONG);
        assertThat(outcome.released()).isEqualTo(NOT_HELD);
        assertThat(outcome.attempted()).isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(get(other.renew(taken, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(shownToken(name)).isEqualTo(taken.token());
        assertThat(get(other.release(taken))).isEqualTo(RELEASED);
    }

    private static ZooKeeperBackend openOver(FaultyLinks links, String options) {
        return Backends.open(String.join(",", links.addresses()), options);
    }

    private static FaultyLinks links() {
        return FaultyLinks.to(Clusters.zookeeper().addresses());
    }

    private static CompletionStage<HandoffOutcome> unanswered(
            FaultyLinks links, ZooKeeperBackend backend, HeldGrant grant) {
        CompletionStage<HandoffOutcome> handoff = backend.handOff(grant, request(grant.name(), LONG));
        await().atMost(LONG).until(() -> links.heldBytes() > 0);
        return handoff;
    }

    @Test
    void whereTheAnswerIsLostTheHandoffIsFoundAgain() {
        String name = newName();
        try (FaultyLinks links = links();
                ZooKeeperBackend backend = openOver(links, "operationTimeout=20s")) {
            HeldGrant old = acquire(backend, name, LONG);
            links.holdAnswers();
            CompletionStage<HandoffOutcome> handoff = unanswered(links, backend, old);
            await().atMost(LONG).until(() -> shownToken(name).compareTo(old.token()) > 0);
            FencingToken shown = shownToken(name);

            links.drop();

            HandoffOutcome outcome = get(handoff);
            assertThat(outcome.released()).isEqualTo(RELEASED);
            assertThat(successor(outcome).token()).isEqualTo(shown);
            assertThat(get(backend.renew(successor(outcome), LONG))).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(get(backend.release(successor(outcome)))).isEqualTo(RELEASED);
        }
    }

    @Test
    void whereTheRequestIsLostAndOthersHaveTakenTheLockNothingIsClaimed() {
        String name = newName();
        try (FaultyLinks links = links();
                ZooKeeperBackend backend = openOver(links, "operationTimeout=20s")) {
            HeldGrant old = acquire(backend, name, SHORT);
            links.holdRequests();
            CompletionStage<HandoffOutcome> handoff = unanswered(links, backend, old);
            await().atMost(MINUTE).until(() -> attempt(other, name, LONG) instanceof AttemptOutcome.Acquired);

            links.drop();

            HandoffOutcome outcome = get(handoff);
            assertThat(outcome.released()).isInstanceOf(ReleaseOutcome.Indeterminate.class);
            assertThat(outcome.attempted()).isInstanceOf(AttemptOutcome.Contended.class);
            assertThat(get(other.inspect(name))).isPresent();
        }
    }

    @Test
    void whereTheRequestIsLostAndTheHolderForcedOutNothingIsClaimed() {
        String name = newName();
        try (FaultyLinks links = links();
                ZooKeeperBackend backend = openOver(links, "operationTimeout=20s")) {
            HeldGrant old = acquire(backend, name, LONG);
            links.holdRequests();
            CompletionStage<HandoffOutcome> handoff = unanswered(links, backend, old);
            assertThat(get(other.forceRelease(name))).isEqualTo(RELEASED);
            HeldGrant taken = acquire(other, name, LONG);

            links.drop();

            HandoffOutcome outcome = get(handoff);
            assertThat(outcome.released()).isInstanceOf(ReleaseOutcome.Indeterminate.class);
            assertThat(outcome.attempted()).isInstanceOf(AttemptOutcome.Contended.class);
            assertThat(get(other.release(taken))).isEqualTo(RELEASED);
        }
    }

    @Test
    void whereTimeRunsOutNeitherStays() {
        for (boolean applied : new boolean[] {false, true}) {
            String name = newName();
            try (FaultyLinks links = links();
                    ZooKeeperBackend backend = openOver(links, "operationTimeout=2s")) {
                HeldGrant old = acquire(backend, name, LONG);
                if (applied) {
                    links.holdAnswers();
                } else {
                    links.holdRequests();
                }
                HandoffOutcome outcome = get(unanswered(links, backend, old));
                assertThat(outcome.released()).isInstanceOf(ReleaseOutcome.Indeterminate.class);
                assertThat(outcome.attempted()).isInstanceOf(AttemptOutcome.Indeterminate.class);

                links.heal();

                // the ttl is ten seconds and the session thirty: only the clean-up can free it sooner
                long start = System.nanoTime();
                await().atMost(MINUTE).until(() -> attempt(other, name, LONG) instanceof AttemptOutcome.Acquired);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
            }
        }
    }

    @Test
    void inFairModeItIsNotDeclared() {
        assertThat(holder.capabilities().cohortHandoff()).isTrue();
        try (ZooKeeperBackend fair = Backends.open("fair=true")) {
            assertThat(fair.capabilities().cohortHandoff()).isFalse();
            HeldGrant old = acquire(fair, newName(), LONG);
            HandoffOutcome outcome = handOff(fair, old, LONG);
            assertThat(outcome.released()).isEqualTo(RELEASED);
            assertThat(successor(outcome).token()).isGreaterThan(old.token());
        }
    }
}
