package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.RenewOutcome;
import java.time.Duration;
import java.util.concurrent.FutureTask;

/** Rules 3.1 to 3.6: when a lease ends, for its holder and for the others. */
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
            Held renewed = tck().rawB().renewed(next, tck().ttl());
            Lease third = Leases.acquiredWithin(tck().takeoverLimit(), tck().c(), name, tck().lasting());
            assertThat(Timing.since(renewed.returnedAt()))
                    .as("time from the renewal of a silent holder to the next grant")
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
}
