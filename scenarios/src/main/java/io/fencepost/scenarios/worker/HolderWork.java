package io.fencepost.scenarios.worker;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.ReleaseOutcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What one thread does with a lock: acquire, read the protected store, work, look whether it still holds, write, release. It is as careful as an application can be
 * that passes no tokens: what harm comes to the copy of the store that does not look at them comes in spite of that.
 */
final class HolderWork {
    private static final double LONG_HOLD_IN_TTL = 1.5;
    private static final String ACQUIRE = "acquire";
    private static final String RELEASE = "release";
    private static final String GRANT = "grant";
    private static final String LOCK = "lock";
    private static final String VALID_UNTIL = "valid_until";

    private final Command.Work command;
    private final StoreClient store;
    private final Renewals renewals;
    private final OperationLog log;
    private final CountDownLatch stop;
    private final long usableNanos;

    /**
     * @param usable how long after its request was sent a lease is valid
     * @param stop ends all waiting inside of a hold
     */
    HolderWork(
            Command.Work command,
            Duration usable,
            StoreClient store,
            Renewals renewals,
            OperationLog log,
            CountDownLatch stop) {
        this.usableNanos = usable.toNanos();
        this.command = command;
        this.store = store;
        this.renewals = renewals;
        this.log = log;
        this.stop = stop;
    }

    /** One round. What goes wrong is reported, not thrown. */
    void once(int thread, DistributedLock lock, SplittableRandom random) throws InterruptedException {
        long id = log.invoke(
                thread,
                ACQUIRE,
                Map.of(LOCK, lock.name(), "ttl_ms", command.ttlMillis(), "wait_ms", command.patienceMillis()));
        long called = System.nanoTime();
        Optional<AcquireOutcome> outcome;
        try {
            outcome = acquire(lock, random);
        } catch (ExecutionException e) {
            refused(thread, id, e.getCause() == null ? e : e.getCause());
            return;
        }
        if (outcome.isEmpty()) {
            log.fail(thread, ACQUIRE, id, "cancelled");
        } else if (outcome.get() instanceof AcquireOutcome.Acquired acquired) {
            hold(thread, id, called, acquired.lease(), random);
        } else if (outcome.get() instanceof AcquireOutcome.Contended) {
            log.fail(thread, ACQUIRE, id, "contended");
        } else if (outcome.get() instanceof AcquireOutcome.Unavailable unavailable) {
            log.fail(thread, ACQUIRE, id, "unavailable", unavailable.cause());
        } else if (outcome.get() instanceof AcquireOutcome.Indeterminate indeterminate) {
            log.unknown(thread, ACQUIRE, id, indeterminate.cause().toString());
        }
    }

    private Optional<AcquireOutcome> acquire(DistributedLock lock, SplittableRandom random)
            throws InterruptedException, ExecutionException {
        Duration patience = Duration.ofMillis(command.patienceMillis());
        CompletableFuture<AcquireOutcome> future = lock.acquireAsync(patience);
        if (random.nextDouble() >= command.cancels()) {
            return Optional.of(future.get());
        }
        try {
            return Optional.of(future.get(random.nextLong(command.patienceMillis() + 1), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            // it may have been granted at this very moment
            return future.cancel(true) ? Optional.empty() : Optional.of(future.get());
        }
    }

    private void refused(int thread, long id, Throwable cause) {
        if (cause instanceof LockClosedException) {
            log.fail(thread, ACQUIRE, id, "closed");
        } else {
            log.unknown(thread, ACQUIRE, id, cause.toString());
            log.unclassified(thread, cause);
        }
    }

    private void hold(int thread, long id, long called, Lease lease, SplittableRandom random)
            throws InterruptedException {
        long granted = System.nanoTime();
        long token = lease.token().value();
        long validUntil = Validity.untilNanos(lease);
        // what observers are told is told late; the lease itself knows when its request was sent
        long told = renewals.attempts().attemptOf(lease.name(), called);
        long attempt =
                validUntil == Validity.OVER ? called : Math.max(called, Math.min(told, validUntil - usableNanos));
        log.write(
                granted,
                thread,
                "ok",
                ACQUIRE,
                id,
                Map.of(
                        LOCK,
                        lease.name(),
                        "token",
                        token,
                        "attempt",
                        attempt,
                        VALID_UNTIL,
                        validUntil == Validity.OVER ? attempt : validUntil));
        renewals.follow(
                lease,
                (seen, until) -> log.seen(
                        seen,
                        thread,
                        "ok",
                        "renewed",
                        Map.of(GRANT, id, "attempt", until - usableNanos, VALID_UNTIL, until)));
        var unused = lease.lost()
                .thenAccept(cause -> log.seen(
                        System.nanoTime(), thread, "info", "lost", Map.of(GRANT, id, "cause", cause.toString())));
        try {
            use(thread, id, lease, token, random);
        } finally {
            renewals.forget(lease);
            release(thread, id, lease);
        }
    }

    private void use(int thread, long grant, Lease lease, long token, SplittableRandom random)
            throws InterruptedException {
        Map<String, Object> who = Map.of(GRANT, grant, LOCK, lease.name(), "token", token);
        long read = log.invoke(thread, "read", who);
        Optional<Command.StoreAnswer> seen = store.read(lease.name(), token, grant);
        report(thread, "read", read, seen);
        var unused = stop.await(holdNanos(random), TimeUnit.NANOSECONDS);
        if (seen.isEmpty() || !lease.isValid()) {
            return;
        }
        if (command.checkGapMillis() > 0) {
            log.seen(System.nanoTime(), thread, "info", "checked", who);
            unused = stop.await(command.checkGapMillis(), TimeUnit.MILLISECONDS);
        }
        long write = log.invoke(thread, "write", who);
        report(thread, "write", write, store.write(lease.name(), token, grant, seen.get()));
    }

    private void report(int thread, String op, long id, Optional<Command.StoreAnswer> answer) {
        if (answer.isEmpty()) {
            log.unknown(thread, op, id, "no answer");
        } else if (answer.get().accepted()) {
            log.ok(thread, op, id, Map.of("value", answer.get().value()));
        } else {
            log.fail(thread, op, id, "stale");
        }
    }

    private long holdNanos(SplittableRandom random) {
        double millis = random.nextDouble() < command.longHolds()
                ? command.ttlMillis() * LONG_HOLD_IN_TTL
                : 2 * command.holdMillis() * random.nextDouble();
        return (long) (millis * TimeUnit.MILLISECONDS.toNanos(1));
    }

    private void release(int thread, long grant, Lease lease) {
        Map<String, Object> fields = new HashMap<>(Map.of(GRANT, grant, LOCK, lease.name()));
        long validUntil = Validity.untilNanos(lease);
        if (validUntil != Validity.OVER) {
            fields.put(VALID_UNTIL, validUntil);
        }
        long id = log.invoke(thread, RELEASE, fields);
        ReleaseOutcome outcome = lease.release();
        if (outcome instanceof ReleaseOutcome.Indeterminate indeterminate) {
            log.unknown(thread, RELEASE, id, indeterminate.cause().toString());
        } else {
            log.ok(
                    thread,
                    RELEASE,
                    id,
                    Map.of(
                            GRANT,
                            grant,
                            "outcome",
                            outcome instanceof ReleaseOutcome.Released ? "released" : "not_held"));
        }
    }
}
