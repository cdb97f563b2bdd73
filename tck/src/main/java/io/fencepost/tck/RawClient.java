package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * A client that talks to its backend directly and keeps no account of validity: it can fall silent without releasing,
 * renew what has expired, and release twice, all of which the core would not let through. Blocking.
 */
final class RawClient implements AutoCloseable {
    /** Longer than any provider's operation timeout. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(10);

    private final LockBackend backend;
    private final String holder;

    RawClient(LockBackend backend, String holder) {
        this.backend = backend;
        this.holder = holder;
    }

    String holder() {
        return holder;
    }

    Capabilities capabilities() {
        return backend.capabilities();
    }

    /** One try. */
    AttemptOutcome attempt(String name, Duration ttl) throws InterruptedException {
        return attempt(name, ttl, false);
    }

    private AttemptOutcome attempt(String name, Duration ttl, boolean afterContention) throws InterruptedException {
        return Awaits.valueOf(
                backend.attempt(request(name, ttl, afterContention)), "attempt of '" + name + "'", PATIENCE);
    }

    private AttemptRequest request(String name, Duration ttl, boolean afterContention) {
        return new AttemptRequest(
                name, UUID.randomUUID(), ttl, holder, Map.of("host", "tck", "pid", "0"), afterContention);
    }

    /** One try on a lock that is free. */
    Held acquire(String name, Duration ttl) throws InterruptedException {
        long invokedAt = System.nanoTime();
        AttemptOutcome outcome = attempt(name, ttl);
        return held(outcome, invokedAt)
                .orElseThrow(() ->
                        new AssertionError("'" + name + "' is free and should have been granted; answer: " + outcome));
    }

    /** One try on a lock that others may hold. */
    Optional<Held> tryAcquire(String name, Duration ttl) throws InterruptedException {
        long invokedAt = System.nanoTime();
        return held(attempt(name, ttl), invokedAt);
    }

    /** Whether a try of a free lock is granted; it is released again. */
    boolean isGranted(String name, Duration ttl) throws InterruptedException {
        Optional<Held> held = tryAcquire(name, ttl);
        return held.isPresent() && !(release(held.get()) instanceof ReleaseOutcome.Indeterminate);
    }

    /** One try that is under way. */
    CompletionStage<AttemptOutcome> start(String name, Duration ttl) {
        return backend.attempt(request(name, ttl, false));
    }

    /** A renewal that is under way. */
    CompletionStage<RenewOutcome> startRenewal(Held held, Duration ttl) {
        return backend.renew(held.grant(), ttl);
    }

    /** A release that is under way. */
    CompletionStage<ReleaseOutcome> startRelease(Held held) {
        return backend.release(held.grant());
    }

    /** A handoff that is under way: from a grant to an attempt of this client. */
    Handoff startHandOff(Held predecessor, Duration ttl) {
        UUID attemptId = UUID.randomUUID();
        // others can tell by it which attempt holds, whatever became of its answer
        Map<String, String> metadata = Map.of("host", "tck", "pid", "0", "attempt", attemptId.toString());
        AttemptRequest request = new AttemptRequest(predecessor.name(), attemptId, ttl, holder, metadata, false);
        long invokedAt = System.nanoTime();
        return new Handoff(request, invokedAt, backend.handOff(predecessor.grant(), request));
    }

    /** A handoff that is answered. */
    Handoff handOff(Held predecessor, Duration ttl) throws InterruptedException {
        Handoff handoff = startHandOff(predecessor, ttl);
        handoff.outcomeWithin(PATIENCE);
        return handoff;
    }

    /** Tries again and again until granted. */
    Held acquireWithin(Duration limit, String name, Duration ttl) throws InterruptedException {
        long start = System.nanoTime();
        boolean afterContention = false;
        while (true) {
            long invokedAt = System.nanoTime();
            AttemptOutcome outcome = attempt(name, ttl, afterContention);
            Optional<Held> held = held(outcome, invokedAt);
            if (held.isPresent()) {
                return held.get();
            }
            assertThat(Timing.since(start))
                    .as("'%s' should have been granted to %s within %s; last answer: %s", name, holder, limit, outcome)
                    .isLessThanOrEqualTo(limit);
            afterContention = true;
            Windows.pass(POLL);
        }
    }

    private static Optional<Held> held(AttemptOutcome outcome, long invokedAt) {
        return outcome instanceof AttemptOutcome.Acquired acquired
                ? Optional.of(new Held(acquired.grant(), invokedAt, System.nanoTime()))
                : Optional.empty();
    }

    /** Fails unless a try is answered by contention. */
    void assertContended(String why, String name, Duration ttl) throws InterruptedException {
        assertThat(attempt(name, ttl))
                .as("try of '%s' by %s: %s", name, holder, why)
                .isInstanceOf(AttemptOutcome.Contended.class);
    }

    RenewOutcome renew(Held held, Duration ttl) throws InterruptedException {
        return Awaits.valueOf(backend.renew(held.grant(), ttl), "renewal of '" + held.name() + "'", PATIENCE);
    }

    /** Renews what is still held. */
    Held renewed(Held held, Duration ttl) throws InterruptedException {
        long invokedAt = System.nanoTime();
        assertThat(renew(held, ttl))
                .as("renewal of '%s' by its holder %s", held.name(), holder)
                .isInstanceOf(RenewOutcome.Renewed.class);
        return new Held(held.grant(), invokedAt, System.nanoTime());
    }

    /** Fails unless a renewal is answered by loss. */
    void assertRenewalLost(String why, Held held, Duration ttl) throws InterruptedException {
        assertThat(renew(held, ttl))
                .as("renewal of '%s' by %s: %s", held.name(), holder, why)
                .isInstanceOf(RenewOutcome.Lost.class);
    }

    ReleaseOutcome release(Held held) throws InterruptedException {
        return Awaits.valueOf(backend.release(held.grant()), "release of '" + held.name() + "'", PATIENCE);
    }

    ReleaseOutcome forceRelease(String name) throws InterruptedException {
        return Awaits.valueOf(backend.forceRelease(name), "forced release of '" + name + "'", PATIENCE);
    }

    Optional<LockState> inspect(String name) throws InterruptedException {
        return Awaits.valueOf(backend.inspect(name), "inspection of '" + name + "'", PATIENCE);
    }

    Subscription onReleased(String name, Runnable wakeUp) {
        return backend.onReleased(name, wakeUp);
    }

    @Override
    public void close() {
        backend.close();
    }
}
