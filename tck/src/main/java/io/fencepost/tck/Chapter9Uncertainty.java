package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.Durability;
import io.fencepost.lock.spi.HandoffOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.function.IntConsumer;

/** Rules 9.1 to 9.7: backends that do not answer, and answers that do not arrive. */
public interface Chapter9Uncertainty extends RuleBook {
    /**
     * Fails when servers that are left decide alone: a quorum that is counted over the servers within reach, or a minority that grants. Also when an attempt hangs on a server that is
     * stopped.
     */
    @Rule("9.1")
    default void rule_9_1_withoutAQuorumNoAttemptEndsWithALease() throws InterruptedException {
        ServerControl servers = tck().servers();
        List<IntConsumer> faults = List.of(servers::pause, servers::kill);
        for (IntConsumer fault : faults) {
            String name = tck().name("no-quorum");
            String raw = tck().name("no-quorum-raw");
            tck().rawA().release(tck().rawA().acquire(raw, tck().ttl()));
            for (int server = 0; server <= servers.tolerated(); server++) {
                fault.accept(server);
            }
            for (int i = 0; i < 2; i++) {
                long start = System.nanoTime();
                AttemptOutcome outcome = tck().rawA().attempt(raw, tck().ttl());
                assertAnsweredInTime("an attempt without a quorum", start);
                assertThat(outcome)
                        .as("attempt with %d of %d servers gone", servers.tolerated() + 1, servers.count())
                        .isInstanceOfAny(AttemptOutcome.Unavailable.class, AttemptOutcome.Indeterminate.class);
            }
            long start = System.nanoTime();
            Throwable thrown = catchThrowable(
                    () -> tck().b().lock(name, tck().shortManual()).tryAcquire());
            assertAnsweredInTime("a try without a quorum", start);
            assertThat(thrown)
                    .as(
                            "what a try ends with while %d of %d servers are gone",
                            servers.tolerated() + 1, servers.count())
                    .isInstanceOfAny(LockUnavailableException.class, OutcomeUnknownException.class);
            servers.heal();
            Duration limit = tck().takeoverLimit().plus(tck().patience());
            tck().rawC().release(tck().rawC().acquireWithin(limit, raw, tck().longTtl()));
            Leases.acquiredWithin(limit, tck().c(), name, tck().lasting()).release();
        }
    }

    private void assertAnsweredInTime(String what, long start) {
        assertThat(Timing.since(start))
                .as("time of %s, against the operation timeout of %s", what, tck().operationTimeout())
                .isLessThanOrEqualTo(tck().answerLimit());
    }

    /**
     * Fails when a missing answer is taken for a refusal, or when the lock that the attempt did take is forgotten until somebody removes it by hand. The links hold the answers back until another
     * client sees the lock held; then they lose them, or deliver them after the attempt has ended.
     */
    @Rule("9.2")
    default void rule_9_2_aLostAnswerOfAnAttemptIsFoundOutOrSaidToBeUnknown() throws InterruptedException {
        loseTheAnswerOfAnAttempt(false);
        loseTheAnswerOfAnAttempt(true);
    }

    private void loseTheAnswerOfAnAttempt(boolean deliveredLate) throws InterruptedException {
        ClientLinks links = tck().links();
        RawClient distant = tck().raw(links);
        String name = tck().name(deliveredLate ? "late-answer" : "lost-answer");
        Duration ttl = tck().ttlBeyond(tck().operationTimeout());
        links.holdAnswers();
        long invokedAt = System.nanoTime();
        CompletionStage<AttemptOutcome> attempt = distant.start(name, ttl);
        awaitHeld("the attempt whose answer is held back took effect", name);
        // others may see the effect before the server has answered
        Awaits.until("an answer is held back", tck().patience(), () -> links.held() > 0);
        FencingToken lost = tck().rawC()
                .inspect(name)
                .map(LockState::token)
                .orElseThrow(() -> new AssertionError("the lock of the attempt was free again before its ttl"));
        if (!deliveredLate) {
            links.drop();
        }
        AttemptOutcome outcome = Awaits.valueOf(
                attempt,
                "an attempt whose answer does not come",
                tck().answerLimit().plus(tck().slack()));
        links.heal();
        if (outcome instanceof AttemptOutcome.Acquired acquired) {
            Held held = new Held(acquired.grant(), invokedAt, System.nanoTime());
            assertThat(tck().rawB().inspect(name).map(LockState::token))
                    .as("token of the lock that the client found out to hold")
                    .contains(held.token());
            tck().rawB().assertContended("the client found out that it holds", name, ttl);
            assertThat(distant.release(held)).isInstanceOf(ReleaseOutcome.Released.class);
        } else {
            assertThat(outcome)
                    .as("outcome of an attempt that took effect, and whose answer did not come")
                    .isInstanceOf(AttemptOutcome.Indeterminate.class);
        }
        Held next = tck().rawB().acquireWithin(tck().takeoverLimit(ttl), name, tck().longTtl());
        assertThat(next.token())
                .as("token after the one of an attempt whose answer did not come")
                .isGreaterThan(lost);
        tck().rawB().release(next);
    }

    private void awaitHeld(String what, String name) {
        Awaits.until(what, tck().patience(), () -> tck().rawC().inspect(name).isPresent());
    }

    /** Fails when a release whose answer was lost is said to have failed, or when trying it again harms a successor. */
    @Rule("9.3")
    default void rule_9_3_aLostAnswerOfAReleaseIsFoundOutOrSaidToBeUnknown() throws InterruptedException {
        ClientLinks links = tck().links();
        RawClient distant = tck().raw(links);
        String name = tck().name("lost-release");
        Held held = distant.acquire(name, tck().longTtl());
        links.holdAnswers();
        CompletionStage<ReleaseOutcome> release = distant.startRelease(held);
        Awaits.until(
                "the release whose answer is held back took effect",
                tck().patience(),
                () -> tck().rawC().inspect(name).isEmpty());
        // others may see the effect before the server has answered
        Awaits.until("an answer is held back", tck().patience(), () -> links.held() > 0);
        links.drop();
        assertThat(Awaits.valueOf(
                        release,
                        "a release whose answer was lost",
                        tck().answerLimit().plus(tck().slack())))
                .as("outcome of a release that took effect, and whose answer was lost")
                .isInstanceOfAny(ReleaseOutcome.Released.class, ReleaseOutcome.Indeterminate.class);
        Held successor = tck().rawB().acquireWithin(tck().handoffLimit(), name, tck().longTtl());
        assertThat(successor.token()).as("token after the release").isGreaterThan(held.token());
        assertThat(certainRelease(distant, held))
                .as("the same release again, after a successor came")
                .isInstanceOf(ReleaseOutcome.NotHeld.class);
        tck().rawC().assertContended("the successor holds it", name, tck().ttl());
        assertThat(tck().rawB().release(successor)).isInstanceOf(ReleaseOutcome.Released.class);
    }

    /** Releases, if need be again and again: the first tries may meet connections that were just lost. */
    private ReleaseOutcome certainRelease(RawClient client, Held held) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            ReleaseOutcome outcome = client.release(held);
            if (!(outcome instanceof ReleaseOutcome.Indeterminate)) {
                return outcome;
            }
            assertThat(Timing.since(start))
                    .as("time until a release that is tried again is certain; last answer: %s", outcome)
                    .isLessThanOrEqualTo(tck().patience());
            Windows.pass(Duration.ofMillis(10));
        }
    }

    /** Fails when a client has to be reopened after an outage, or renews or waits no more. */
    @Rule("9.4")
    default void rule_9_4_theSameClientWorksAgainWhenTheBackendIsBack() throws InterruptedException {
        ServerControl servers = tck().servers();
        String name = tck().name("outage");
        String waitedFor = tck().name("outage-waited-for");
        Lease before = Leases.acquired(tck().a(), name, tck().lasting());
        before.release();
        FutureTask<Lease> waiter;
        try (LockClient holder = tck().client()) {
            Lease held = Leases.acquired(holder, waitedFor, tck().lasting());
            DistributedLock waiting = tck().b().lock(waitedFor, tck().lasting());
            waiter = tck().start("waiter", waiting::acquire);
            Windows.pass(Windows.NO_ANNOUNCEMENT);
            assertThat(waiter.isDone()).as("the wait for a held lock is over").isFalse();
            for (int server = 0; server < servers.count(); server++) {
                servers.kill(server);
            }
            Throwable thrown =
                    catchThrowable(() -> tck().a().lock(name, tck().lasting()).tryAcquire());
            assertThat(thrown)
                    .as("what a try ends with while all servers are gone")
                    .isInstanceOfAny(LockUnavailableException.class, OutcomeUnknownException.class);
            servers.heal();
            Awaits.until(
                    "the holder's client works again",
                    tck().patience(),
                    () -> !(held.release() instanceof ReleaseOutcome.Indeterminate));
        }
        Duration limit = tck().patience().plus(tck().longTtl());
        Lease after = Leases.acquiredWithin(tck().patience(), tck().a(), name, tck().shortAutomatic());
        if (tck().capabilities().durability() == Durability.RESTART) {
            assertThat(after.token()).as("token after the outage").isGreaterThan(before.token());
        }
        Windows.pass(tck().ttl().multipliedBy(2));
        assertThat(after.isValid())
                .as("a lease that renews itself after the outage")
                .isTrue();
        after.release();
        Awaits.resultOf(waiter, "the wait that went through the outage", limit).release();
    }

    /**
     * Fails when an attempt that was given up is forgotten while its request is still under way. The links hold the requests back until the attempt has ended, and then deliver them.
     */
    @Rule("9.5")
    default void rule_9_5_aFailedAttemptDoesNotHoldTheLockLater() throws InterruptedException {
        String free = tck().name("late");
        String taken = tck().name("late-taken");
        ClientLinks links = tck().links();
        RawClient distant = tck().raw(links);
        links.holdRequests();
        CompletionStage<AttemptOutcome> onFree = distant.start(free, tck().ttl());
        CompletionStage<AttemptOutcome> onTaken = distant.start(taken, tck().ttl());
        Duration limit = tck().answerLimit().plus(tck().slack());
        AttemptOutcome ofFree = Awaits.valueOf(onFree, "an attempt whose request is held back", limit);
        AttemptOutcome ofTaken = Awaits.valueOf(onTaken, "an attempt whose request is held back", limit);
        for (AttemptOutcome outcome : List.of(ofFree, ofTaken)) {
            assertThat(outcome)
                    .as("outcome of an attempt whose request did not arrive")
                    .isInstanceOfAny(AttemptOutcome.Unavailable.class, AttemptOutcome.Indeterminate.class);
        }
        Held successor = tck().rawB().acquire(taken, tck().longTtl());
        assertThat(links.held())
                .as("requests held back until their attempts had ended")
                .isPositive();
        links.heal();
        if (ofFree instanceof AttemptOutcome.Unavailable) {
            long end = System.nanoTime() + Windows.LATE_REQUEST.toNanos();
            while (System.nanoTime() - end < 0) {
                assertThat(tck().rawC().inspect(free))
                        .as("lock of an attempt that was answered '%s', which is certain", ofFree)
                        .isEmpty();
            }
        } else {
            Windows.pass(Windows.LATE_REQUEST);
        }
        Optional<LockState> state = tck().rawC().inspect(taken);
        assertThat(state.map(LockState::token))
                .as("token of the lock that another one took before the late request arrived")
                .contains(successor.token());
        tck().rawC().assertContended("taken before the late request arrived", taken, tck().ttl());
        assertThat(tck().rawB().renew(successor, tck().longTtl())).isInstanceOf(RenewOutcome.Renewed.class);
        tck().rawB().release(successor);
        Held next = tck().rawB().acquireWithin(tck().takeoverLimit(), free, tck().longTtl());
        tck().rawB().release(next);
    }

    /**
     * Fails when the answer of a handoff is guessed: that it was done, because it mostly is, or that it was not. Also when only one of its two leases is thought of afterwards. The links hold the
     * answers back until another client sees that the predecessor's lease has ended, or hold the requests back until the handoff has.
     */
    @Rule("9.6")
    default void rule_9_6_aLostAnswerOfAHandoffIsFoundOutOrSaidToBeUnknown() throws InterruptedException {
        tck().notApplicableIf(
                        !tck().capabilities().cohortHandoff(),
                        "the provider declares no cohort handoff, so that nobody asks for one");
        loseTheAnswerOfAHandoff(false);
        loseTheAnswerOfAHandoff(true);
        deliverAHandoffLate();
    }

    private void loseTheAnswerOfAHandoff(boolean deliveredLate) throws InterruptedException {
        ClientLinks links = tck().links();
        RawClient distant = tck().raw(links);
        String name = tck().name(deliveredLate ? "late-handoff-answer" : "lost-handoff-answer");
        Duration ttl = tck().ttlBeyond(tck().operationTimeout());
        Held predecessor = distant.acquire(name, ttl);
        links.holdAnswers();
        Handoff handoff = distant.startHandOff(predecessor, ttl);
        Awaits.until(
                "the handoff whose answer is held back took effect",
                tck().patience(),
                () -> !tck().rawC().inspect(name).map(LockState::token).equals(Optional.of(predecessor.token())));
        // others may see the effect before the server has answered
        Awaits.until("an answer is held back", tck().patience(), () -> links.held() > 0);
        FencingToken seen = tck().rawC().inspect(name).map(LockState::token).orElse(predecessor.token());
        if (!deliveredLate) {
            links.drop();
        }
        HandoffOutcome outcome = handoff.outcomeWithin(tck().answerLimit().plus(tck().slack()));
        links.heal();
        assertThat(outcome.released())
                .as("what became of the predecessor in a handoff that took effect, and whose answer did not come")
                .isInstanceOfAny(ReleaseOutcome.Released.class, ReleaseOutcome.Indeterminate.class);
        FencingToken last = seen;
        if (outcome.attempted() instanceof AttemptOutcome.Acquired) {
            Held successor = handoff.successor(outcome);
            assertThat(successor.token()).as("token of the successor").isGreaterThan(predecessor.token());
            assertThat(certainRelease(distant, predecessor))
                    .as("release of the predecessor after a handoff that it was told of")
                    .isInstanceOf(ReleaseOutcome.NotHeld.class);
            assertThat(tck().rawC().inspect(name).map(LockState::token))
                    .as("token of the lock that was handed over, as its client found out")
                    .contains(successor.token());
            tck().rawB().assertContended("the client found out that it was handed over", name, ttl);
            assertThat(certainRelease(distant, successor))
                    .as("release by a successor that found out that it holds")
                    .isInstanceOf(ReleaseOutcome.Released.class);
            last = successor.token();
        } else {
            if (!(outcome.attempted() instanceof AttemptOutcome.Indeterminate)) {
                assertNotSeen(handoff, outcome);
            }
            assertThat(certainRelease(distant, predecessor))
                    .as("release of a predecessor whose lease others have seen end")
                    .isInstanceOf(ReleaseOutcome.NotHeld.class);
        }
        Held next = tck().rawB().acquireWithin(tck().takeoverLimit(ttl), name, tck().longTtl());
        assertThat(next.token())
                .as("token after a handoff whose answer did not come")
                .isGreaterThan(last)
                .isGreaterThan(predecessor.token());
        tck().rawB().release(next);
    }

    private void assertNotSeen(Handoff handoff, HandoffOutcome outcome) throws InterruptedException {
        assertThat(tck().rawC().inspect(handoff.request().name()).filter(handoff::isSeenIn))
                .as("lock that is held by a successor whose attempt was answered '%s', which is certain", outcome)
                .isEmpty();
    }

    private void deliverAHandoffLate() throws InterruptedException {
        String kept = tck().name("late-handoff");
        String taken = tck().name("late-handoff-taken");
        ClientLinks links = tck().links();
        RawClient distant = tck().raw(links);
        Held ofKept = distant.acquire(kept, tck().longTtl());
        Held ofTaken = distant.acquire(taken, tck().ttl());
        links.holdRequests();
        Handoff onKept = distant.startHandOff(ofKept, tck().ttl());
        Handoff onTaken = distant.startHandOff(ofTaken, tck().ttl());
        Duration limit = tck().answerLimit().plus(tck().slack());
        HandoffOutcome outcome = onKept.outcomeWithin(limit);
        for (HandoffOutcome each : List.of(outcome, onTaken.outcomeWithin(limit))) {
            assertThat(each.attempted())
                    .as("the attempt of a handoff whose request did not arrive")
                    .isInstanceOfAny(AttemptOutcome.Unavailable.class, AttemptOutcome.Indeterminate.class);
            assertThat(each.released())
                    .as("what became of the predecessor in a handoff whose request did not arrive")
                    .isNotInstanceOf(ReleaseOutcome.Released.class);
        }
        assertThat(outcome.released())
                .as("what became of a predecessor that still holds, in a handoff whose request did not arrive")
                .isInstanceOf(ReleaseOutcome.Indeterminate.class);
        Held other = tck().rawB().acquireWithin(tck().takeoverLimit(), taken, tck().longTtl());
        assertThat(links.held())
                .as("requests held back until their handoffs had ended")
                .isPositive();
        links.heal();
        if (outcome.attempted() instanceof AttemptOutcome.Unavailable) {
            long end = System.nanoTime() + Windows.LATE_REQUEST.toNanos();
            while (System.nanoTime() - end < 0) {
                assertNotSeen(onKept, outcome);
            }
        } else {
            Windows.pass(Windows.LATE_REQUEST);
        }
        assertThat(tck().rawC().inspect(taken).map(LockState::token))
                .as("token of the lock that another one took before the late handoff arrived")
                .contains(other.token());
        assertThat(tck().rawB().renew(other, tck().longTtl())).isInstanceOf(RenewOutcome.Renewed.class);
        tck().rawB().release(other);
        certainRelease(distant, ofKept);
        Held next = tck().rawB().acquireWithin(tck().takeoverLimit(), kept, tck().longTtl());
        assertThat(next.token()).as("token after a late handoff").isGreaterThan(ofKept.token());
        tck().rawB().release(next);
    }

    /**
     * Fails when a release that is tried again takes what it finds gone for the work of its first try. The links hold the first try back until a successor has taken over; then they lose it, or deliver
     * it.
     */
    @Rule("9.7")
    default void rule_9_7_aReleaseSaysReleasedOnlyOfWhatItEnded() throws InterruptedException {
        ClientLinks lossy = tck().links();
        ClientLinks slow = tck().links();
        RawClient overLossy = tck().raw(lossy);
        RawClient overSlow = tck().raw(slow);
        Held ofLossy = overLossy.acquire(tck().name("lost-late-release"), tck().ttl());
        Held ofSlow = overSlow.acquire(tck().name("late-release"), tck().ttl());
        lossy.holdRequests();
        slow.holdRequests();
        CompletionStage<ReleaseOutcome> lost = overLossy.startRelease(ofLossy);
        CompletionStage<ReleaseOutcome> late = overSlow.startRelease(ofSlow);
        FutureTask<Held> contender = tck().start(
                        "contender",
                        () -> tck().rawB().acquireWithin(tck().takeoverLimit(), ofSlow.name(), tck().longTtl()));
        Held afterLost = tck().rawB().acquireWithin(tck().takeoverLimit(), ofLossy.name(), tck().longTtl());
        Held afterLate = Awaits.resultOf(contender, "the wait for a lock whose release is held back", tck().patience());
        assertThat(lossy.held()).as("requests of a release held back").isPositive();
        assertThat(slow.held()).as("requests of a release held back").isPositive();
        lossy.drop();
        slow.heal();
        assertEndedNothing(overLossy, lost, ofLossy, afterLost);
        assertEndedNothing(overSlow, late, ofSlow, afterLate);
    }

    private void assertEndedNothing(
            RawClient client, CompletionStage<ReleaseOutcome> release, Held stale, Held successor)
            throws InterruptedException {
        assertThat(Awaits.valueOf(
                        release,
                        "a release that did not get through",
                        tck().answerLimit().plus(tck().slack())))
                .as("outcome of a release that had not arrived when a successor took over")
                .isInstanceOfAny(ReleaseOutcome.NotHeld.class, ReleaseOutcome.Indeterminate.class);
        assertThat(certainRelease(client, stale))
                .as("the same release again, after a successor took over")
                .isInstanceOf(ReleaseOutcome.NotHeld.class);
        tck().rawC().assertContended("the successor holds it", stale.name(), tck().ttl());
        assertThat(tck().rawB().renew(successor, tck().longTtl())).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(tck().rawB().release(successor)).isInstanceOf(ReleaseOutcome.Released.class);
    }
}
