package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockState;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.RenewalPolicy;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.ClockTrust;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;

/** Rules 3.1 to 3.9: when a lease ends, for its holder and for the others. */
public interface Chapter3Expiry extends RuleBook {
    /**
     * Fails when the lease ends too early for others: a ttl rounded down, counted from before the request was sent, or
     * not extended by a renewal. Both faces poll from the time of the grant on.
     */
    @Rule("3.1")
    default void rule_3_1_nobodyIsGrantedBeforeTheTtlIsOver() throws InterruptedException {
        String raw = tck().name("early-raw");
        String api = tck().name("early-api");
        Held granted = tck().rawA().acquire(raw, tck().ttl());
        FutureTask<Held> rawContender =
                tck().start("contender-raw", () -> tck().rawB().acquireWithin(twoTerms(), raw, tck().longTtl()));
        long invokedAt = System.nanoTime();
        Lease lease = Leases.acquired(tck().a(), api, tck().shortManual());
        FutureTask<Long> apiContender = tck().start("contender-api", () -> {
            Leases.acquiredWithin(tck().takeoverLimit(), tck().b(), api, tck().lasting());
            return System.nanoTime();
        });
        Windows.passUntil(granted.invokedAt() + tck().ttl().toNanos() / 2);
        long renewalInvokedAt = System.nanoTime();
        RenewOutcome renewal = tck().rawA().renew(granted, tck().ttl());

        Held next = Awaits.resultOf(rawContender, "the takeover of a silent raw client", tck().patience());
        // a machine that stalled until the lease was over gets no renewal, and then the grant counts
        long lastSuccess = renewal instanceof RenewOutcome.Renewed ? renewalInvokedAt : granted.invokedAt();
        assertThat(Timing.between(lastSuccess, next.returnedAt()))
                .as("time from the last renewal of a silent holder to the next grant")
                .isGreaterThanOrEqualTo(tck().exclusive());
        tck().rawB().release(next);

        long takenAt = Awaits.resultOf(apiContender, "the takeover of an expired lease", tck().patience());
        assertThat(Timing.between(invokedAt, takenAt))
                .as("time from the acquisition of an unrenewed lease to the next grant")
                .isGreaterThanOrEqualTo(tck().exclusive());
        assertThat(lease.isValid()).as("the lease whose lock went to another").isFalse();
    }

    private Duration twoTerms() {
        return tck().takeoverLimit().plus(tck().ttl());
    }

    /**
     * Fails when a silent holder's lock is stuck: a ttl that was never set, was rounded up beyond the declared grace,
     * or is extended by refused tries.
     */
    @Rule("3.2")
    default void rule_3_2_aSilentHoldersLockIsGrantedWithinTtlAndGrace() throws InterruptedException {
        tck().unlessStalled(() -> {
            String name = tck().name("silent");
            Held silent = tck().rawA().acquire(name, tck().ttl());
            Held next = tck().rawB().acquireWithin(tck().takeoverLimit(), name, tck().ttl());
            assertThat(Timing.between(silent.returnedAt(), next.returnedAt()))
                    .as("time from the grant of a silent holder to the next grant")
                    .isLessThanOrEqualTo(tck().takeoverLimit());
            // so often that renewals that add to the old end, instead of counting from now, would show beyond grace and
            // slack
            long renewals = tck().takeoverLimit().dividedBy(tck().ttl()) + 2;
            Held renewed = next;
            for (int i = 0; i < renewals; i++) {
                renewed = tck().rawB().renewed(renewed, tck().ttl());
            }
            Lease third = Leases.acquiredWithin(tck().takeoverLimit(), tck().c(), name, tck().lasting());
            assertThat(Timing.since(renewed.returnedAt()))
                    .as("time from the last renewal of a silent holder to the next grant")
                    .isLessThanOrEqualTo(tck().takeoverLimit());
            third.release();
        });
    }

    /** Fails when validity is counted from the answer instead of from the question. */
    @Rule("3.3")
    default void rule_3_3_validityCountsFromBeforeTheRequestWasSent() throws InterruptedException {
        String name = tck().name("delayed");
        Duration ttl = tck().longTtl();
        Duration delay = Duration.ofMillis(200);
        Duration bound = Timing.times(ttl, 1 - tck().capabilities().driftRate()).minus(delay);
        DelayingBackend[] between = new DelayingBackend[1];
        LockClient client = tck().client(backend -> {
            between[0] = new DelayingBackend(backend);
            return between[0];
        });
        between[0].delayAnswersBy(delay);
        Lease lease = Leases.acquired(client, name, tck().lasting());
        assertThat(lease.remainingValidity())
                .as("validity after an answer that took %s", delay)
                .isPositive()
                .isLessThanOrEqualTo(bound);
        assertThat(lease.renew()).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(lease.remainingValidity())
                .as("validity after a renewal whose answer took %s", delay)
                .isPositive()
                .isLessThanOrEqualTo(bound);
        between[0].delayAnswersBy(Duration.ZERO);
        assertThat(lease.renew()).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(lease.remainingValidity())
                .as("validity after a prompt renewal")
                .isLessThanOrEqualTo(bound.plus(delay));
        lease.release();
    }

    /**
     * Fails when a lease outlives its validity because nobody told its holder: a client that waits for the answer of a renewal, or for its connection to be reported as lost, before it doubts.
     */
    @Rule("3.4")
    default void rule_3_4_validityEndsOnTimeWithoutTheBackend() throws InterruptedException {
        tck().unlessStalled(() -> {
            List<Consumer<ClientLinks>> faults = List.of(ClientLinks::cut, ClientLinks::freeze);
            for (Consumer<ClientLinks> fault : faults) {
                ClientLinks links = tck().links();
                LockClient client = tck().client(links);
                String name = tck().name("cut-off");
                Lease lease = Leases.acquired(client, name, tck().shortAutomatic());
                fault.accept(links);
                long now = System.nanoTime();
                Duration validity = lease.remainingValidity();
                long validUntil = now + validity.toNanos();
                assertThat(validity)
                        .as("validity at the moment in which the client was cut off")
                        .isLessThanOrEqualTo(tck().ttl());
                FutureTask<Long> contender = tck().start("contender", () -> {
                    Leases.acquiredWithin(tck().takeoverLimit(), tck().b(), name, tck().lasting());
                    return System.nanoTime();
                });
                Leases.awaitLost(lease, validity.plus(tck().slack()));
                assertThat(lease.remainingValidity())
                        .as("validity of a lease that is lost")
                        .isZero();
                long grantedAt =
                        Awaits.resultOf(contender, "the takeover from a client that is cut off", tck().patience());
                assertThat(Timing.between(validUntil, grantedAt))
                        .as("time from the end of the validity of the client that is cut off to the next grant")
                        .isGreaterThanOrEqualTo(Duration.ZERO);
                links.heal();
            }
        });
    }

    /** Fails when something outlives the process that holds: a renewal by a helper or a server, a session that is kept for longer than was declared. */
    @Rule("3.5")
    default void rule_3_5_aKilledHoldersLockIsGrantedWithinTheTakeoverBound() throws InterruptedException {
        String name = tck().name("killed-holder");
        WorkerProcess worker = tck().worker();
        long token = Long.parseLong(worker.ask(Worker.acquire(name, tck().ttl(), RenewalPolicy.AUTOMATIC)));
        FutureTask<Held> contender = tck().start(
                        "contender",
                        () -> tck().rawB()
                                .acquireWithin(tck().takeoverLimit().plus(tck().patience()), name, tck().longTtl()));
        // so that a renewal, and not the grant, is the last that the backend heard
        Windows.pass(tck().ttl());
        assertThat(contender.isDone())
                .as("the lock of a living holder that renews was granted")
                .isFalse();
        worker.kill();
        long killedAt = System.nanoTime();
        Held next = Awaits.resultOf(
                contender, "the takeover from a killed holder", tck().patience().multipliedBy(2));
        assertThat(Timing.between(killedAt, next.returnedAt()))
                .as("time from the death of the holder to the next grant")
                .isLessThanOrEqualTo(tck().takeoverLimit());
        assertThat(next.token().value()).as("token after the holder was killed").isGreaterThan(token);
        tck().rawB().release(next);
    }

    /**
     * Fails when the grant of an attempt that took too long is used, or left at the server. The kit holds the request back, so that the backend would keep the lock for a whole ttl from then.
     */
    @Rule("3.6")
    default void rule_3_6_anAnswerThatComesTooLateYieldsNoLease() throws InterruptedException {
        String name = tck().name("too-late");
        Duration ttl = tck().ttlBeyond(tck().handoffLimit().multipliedBy(2));
        DelayingBackend[] between = new DelayingBackend[1];
        LockClient client = tck().client(backend -> {
            between[0] = new DelayingBackend(backend);
            return between[0];
        });
        between[0].delayRequestsBy(ttl);
        AcquireOutcome outcome = Awaits.resultOf(
                client.lock(name, LockOptions.ttl(ttl)).acquireAsync(Duration.ZERO),
                "an attempt that is granted too late",
                ttl.plus(tck().answerLimit()));
        between[0].delayRequestsBy(Duration.ZERO);
        assertThat(outcome)
                .as("outcome of an attempt whose grant arrived a ttl of %s after it was invoked", ttl)
                .isNotInstanceOf(AcquireOutcome.Acquired.class);
        // the grant is as old as the answer, so whatever is left of it lasts for longer than this
        Leases.acquiredWithin(tck().handoffLimit(), tck().b(), name, tck().lasting())
                .release();
    }

    /**
     * Fails when leases end by clocks that the provider says it does not trust. Those of all servers are moved where it declares to trust none, of a minority where it declares to trust most.
     */
    @Rule("3.7")
    default void rule_3_7_aClockThatIsNotTrustedEndsNoLease() throws InterruptedException {
        ClockTrust trust = tck().capabilities().clockTrust();
        tck().notApplicableIf(
                        trust == ClockTrust.EVERY_SERVER,
                        "the provider declares that it trusts the clock of every server");
        ClockControl clocks = tck().clocks();
        int moved = trust == ClockTrust.NONE ? clocks.count() : (clocks.count() - 1) / 2;
        tck().notApplicableIf(moved == 0, "a single server has no minority");
        for (Duration offset : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
            String name = tck().name("clock");
            String silent = tck().name("clock-silent");
            Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
            Held held = tck().rawA().acquire(silent, tck().ttlBeyond(Windows.CLOCK_JUMP.multipliedBy(2)));
            for (int server = 0; server < moved; server++) {
                clocks.move(server, offset);
            }
            long end = System.nanoTime() + Windows.CLOCK_JUMP.toNanos();
            while (System.nanoTime() - end < 0) {
                AttemptOutcome outcome = tck().rawB().attempt(silent, tck().longTtl());
                if (Timing.since(held.invokedAt())
                                .compareTo(tck().exclusive(held.grant().validity()))
                        < 0) {
                    assertThat(outcome)
                            .as(
                                    "try of a held lock after the clocks of %d of %d servers moved by %s",
                                    moved, clocks.count(), offset)
                            .isNotInstanceOf(AttemptOutcome.Acquired.class);
                }
                Leases.assertContended(tck().b(), name, tck().lasting());
                Windows.pass(Duration.ofMillis(20));
            }
            assertThat(lease.renew())
                    .as("renewal after the clocks of %d of %d servers moved by %s", moved, clocks.count(), offset)
                    .isInstanceOf(RenewOutcome.Renewed.class);
            lease.release();
            clocks.heal();
        }
    }

    /**
     * Fails when a process that was stopped goes on as the holder when it wakes up: validity that is counted by a timer, or by a clock that stood still. The token of its successor, which stops
     * its writes, must be higher.
     */
    @Rule("3.8")
    default void rule_3_8_aHolderThatWasPausedFindsItsLeaseLost() throws InterruptedException {
        Assumptions.assumeTrue(WorkerProcess.canPause(), "processes cannot be stopped on this system");
        String name = tck().name("paused-holder");
        WorkerProcess worker = tck().worker();
        long token = Long.parseLong(worker.ask(Worker.acquire(name, tck().ttl(), RenewalPolicy.AUTOMATIC)));
        worker.pause();
        Lease successor =
                Leases.acquiredWithin(tck().takeoverLimit().plus(tck().ttl()), tck().b(), name, tck().lasting());
        worker.resume();
        assertThat(worker.ask(Worker.state()))
                .as("state of the lease of a holder that slept through its end")
                .isEqualTo("LOST");
        assertThat(worker.ask(Worker.renew())).as("its renewal").isEqualTo("Lost");
        assertThat(worker.ask(Worker.release())).as("its release").isNotEqualTo("Released");
        assertThat(successor.token().value())
                .as("token of the lease that followed the one with token %d of the paused holder", token)
                .isGreaterThan(token);
        assertThat(successor.renew())
                .as("renewal by the successor, after the paused holder woke up")
                .isInstanceOf(RenewOutcome.Renewed.class);
        Leases.assertContended(tck().c(), name, tck().lasting());
        successor.release();
    }

    /** Fails when the backend does not keep to the ends of the declared range: it rounds the shortest ttl up or to nothing, or caps the longest. */
    @Rule("3.9")
    default void rule_3_9_theShortestAndTheLongestDeclaredTtlHold() throws InterruptedException {
        tck().unlessStalled(() -> {
            Duration min = tck().capabilities().minTtl();
            String brief = tck().name("shortest");
            Held shortest = tck().rawA().acquireWithin(tck().patience(), brief, min);
            Held next = tck().rawB().acquireWithin(tck().takeoverLimit(min).plus(tck().slack()), brief, min);
            assertThat(Timing.between(shortest.invokedAt(), next.returnedAt()))
                    .as("time from a grant with the shortest ttl, %s, to the next one", min)
                    .isBetween(
                            tck().exclusive(min),
                            tck().takeoverLimit(min).plus(Timing.between(shortest.invokedAt(), shortest.returnedAt())));
        });
        Duration max = tck().capabilities().maxTtl();
        String name = tck().name("longest");
        Lease longest = Leases.acquired(tck().a(), name, LockOptions.ttl(max));
        Duration valid = Timing.min(max, tck().capabilities().longestValidity());
        assertThat(longest.remainingValidity())
                .as("validity with the longest ttl, %s, of which %s are declared to be valid", max, valid)
                .isBetween(tck().usable(valid), tck().exclusive(valid));
        tck().b()
                .inspect(name)
                .flatMap(LockState::remaining)
                .ifPresent(remaining -> assertThat(remaining)
                        .as("remaining time at the backend with the longest ttl, %s", max)
                        .isBetween(
                                tck().usable(valid),
                                max.plus(tck().capabilities().grace())));
        Leases.assertContended(tck().b(), name, tck().lasting());
        assertThat(longest.renew()).isInstanceOf(RenewOutcome.Renewed.class);
        longest.release();
    }
}
