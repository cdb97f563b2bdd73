package io.fencepost.lock.cassandra;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.cassandra.LockTable.Answer;
import io.fencepost.lock.cassandra.LockTable.Look;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.ClockTrust;
import io.fencepost.lock.spi.Durability;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Locks over lightweight transactions (LWT): one row a lock, one transaction an operation.
 *
 * <p><b>Algorithm.</b> The row's {@code fence} is the highest number ever given out; it has no TTL. The lease (owner = attempt id, its token, what it says of
 * itself) carries a TTL. Acquire: if there is no owner and the fence is {@code last}, set the fence and the owner's token to {@code last + 1}. {@code last} is
 * what this client saw last; a refusal answers with the right one, so one more round suffices. Renew and release are conditional on the owner. A contender that
 * knows of the contention looks by a plain read first, and spends no transaction while it sees an owner.
 *
 * <p><b>Why it excludes.</b> Transactions of one row are linearizable (Paxos), so of all that see no owner one becomes it. Tokens grow whatever happens to
 * clocks, because every acquisition raises the fence by the same transaction.
 *
 * <p><b>Unanswered claims.</b> A timeout or a lost connection says nothing: the coordinator may have been stopped before it began, and may begin at any
 * later time, so no read can settle the matter, not even a serial one. What settles it is to make the claim's condition false for ever: a
 * transaction that raises the fence from {@code last} to {@code last + 1} unless this attempt is the owner. Applied: the claim never was and never will be.
 * Refused: the fence has moved on, the claim cannot apply any more, and the owner that comes with the refusal says whether it had. That transaction may be
 * repeated until it is answered, and late copies of it are harmless. The fence is raised even while somebody else holds the lock, since the claim could apply
 * after their release; hence the holder's token has a column of its own. Unanswered renewals and releases are simply repeated: they are conditional on an
 * attempt id that is never used again, and late copies change nothing but, for a renewal of a lease that is still held, its end. A release that is refused
 * after an unanswered one looks for the token that only a release leaves behind.
 *
 * <p><b>Where it can be interrupted.</b> Client paused before sending: the ttl counts from the server's receipt, validity from before the sending, so the
 * lease ends earlier at the client. Client paused after: validity runs out, the token protects the resource. Coordinator paused: it judges the TTL by the second
 * in which it took the request, so a pause makes owners look alive for longer, not shorter; the client finds out through another coordinator. Replica lost: a
 * quorum remains, or the answer is unavailable or unknown. Replica restarted empty: as for all data in Cassandra, it must be repaired or replaced before it
 * takes part again, or it may have forgotten a promise.
 *
 * <p><b>What breaks it.</b> TTLs are judged by wall clocks of coordinators: if one is ahead of another by more than {@link ServerTtl} and the drift margin
 * allow, a lease ends that much early, and there are two holders until the first one's validity ends; tokens still order them. Deleting rows, truncating the
 * table or restoring a backup makes tokens start again lower. Mixed consistency levels among clients exclude nobody.
 *
 * <p>Sources: Cassandra 5.0 {@code org.apache.cassandra.service.paxos.Paxos} (when an answer is certain); CASSANDRA-12126 (linearizable refusals).
 */
final class CassandraLockBackend implements LockBackend {
    /** Beyond the excess of the TTL, for the round trip of the taker and its pause between two looks. */
    private static final Duration TAKEOVER_MARGIN = Duration.ofMillis(500);
    /** What the clocks of nodes that keep NTP time may differ by. */
    private static final Duration CLOCK_SKEW = Duration.ofMillis(50);

    private static final int RENEWALS_PER_TTL = 3;
    private static final int MOST_EVICTIONS = 5;
    private static final Capabilities CAPABILITIES = Capabilities.builder(
                    CassandraLockProvider.SCHEME, FencingClass.CONSENSUS)
            .guarantee(
                    "One holder at a time through any failure of nodes and network, as long as the wall clocks of the Cassandra nodes agree to about 50 ms"
                            + " (a lease ends by a coordinator's clock); tokens grow whatever clocks do.")
            .durability(Durability.RESTART)
            .clockTrust(ClockTrust.EVERY_SERVER)
            .ttlRange(Duration.ofSeconds(1), Duration.ofDays(1))
            .grace(ServerTtl.LONGEST_EXCESS.plus(TAKEOVER_MARGIN))
            .drift(Capabilities.DEFAULT_DRIFT_RATE, CLOCK_SKEW)
            .handoffBound(Duration.ofSeconds(2))
            .build();

    private final LockTable table;
    private final Runnable disconnect;
    private final Duration operationTimeout;
    private final Duration roundLimit;
    private final ScheduledExecutorService timer;
    private final Retry retry;
    private final Cleanup cleanup;
    private final FenceCache fences = new FenceCache(FenceCache.DEFAULT_CAPACITY);
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Owns the session and the timer, and ends both. */
    CassandraLockBackend(LockSession session, Duration operationTimeout, ScheduledExecutorService timer) {
        this.table = session.table();
        this.disconnect = session.disconnect();
        this.operationTimeout = operationTimeout;
        this.roundLimit = operationTimeout.dividedBy(2);
        this.timer = timer;
        this.retry = new Retry(timer);
        this.cleanup = new Cleanup(table, timer, roundLimit);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        return new AttemptRun(table, fences, retry, cleanup, request, operationTimeout).start();
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        CassandraGrant held = (CassandraGrant) grant;
        Claim claim =
                new Claim(held.name(), held.attemptId(), held.token().value(), ttl, held.holder(), held.metadata());
        // a lost answer must leave time for another try within the lease
        Duration perTry = shorter(roundLimit, ttl.dividedBy(RENEWALS_PER_TTL));
        return renew(claim, perTry, Deadline.in(operationTimeout));
    }

    private CompletionStage<RenewOutcome> renew(Claim claim, Duration perTry, Deadline deadline) {
        return table.renew(claim, deadline.roundLimit(perTry))
                .thenCompose(answer -> decided(
                        answer,
                        applied -> done(new RenewOutcome.Renewed(claim.ttl())),
                        refused -> done(new RenewOutcome.Lost(LossCause.NOT_OWNER)),
                        cause -> retry.later(
                                deadline,
                                () -> renew(claim, perTry, deadline),
                                () -> done(new RenewOutcome.Indeterminate(cause)))));
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        return release(grant, Deadline.in(operationTimeout), null);
    }

    /** @param unanswered what became of an earlier try that may have released it */
    private CompletionStage<ReleaseOutcome> release(Grant grant, Deadline deadline, @Nullable Throwable unanswered) {
        return table.release(grant.name(), grant.attemptId(), deadline.roundLimit(roundLimit))
                .thenCompose(answer -> decided(
                        answer,
                        applied -> done(new ReleaseOutcome.Released()),
                        refused -> unanswered == null
                                ? done(new ReleaseOutcome.NotHeld())
                                : refusedAfterDoubt(grant, deadline, unanswered),
                        cause -> {
                            Throwable doubt = answer instanceof Answer.Unknown ? cause : unanswered;
                            return retry.later(
                                    deadline,
                                    () -> release(grant, deadline, doubt),
                                    () -> done(new ReleaseOutcome.Indeterminate(cause)));
                        }));
    }

    /** Either the unanswered try released it, and then its token stands there without an owner until somebody takes the lock, or the lease had ended before. */
    private CompletionStage<ReleaseOutcome> refusedAfterDoubt(Grant grant, Deadline deadline, Throwable unanswered) {
        Long token = grant.token().value();
        return look(grant.name(), deadline)
                .thenApply(look ->
                        look instanceof Look.Seen seen && seen.owner() == null && token.equals(seen.ownerFence())
                                ? new ReleaseOutcome.Released()
                                : new ReleaseOutcome.Indeterminate(unanswered));
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return look(name, Deadline.in(operationTimeout)).thenCompose(look -> {
            if (look instanceof Look.Seen seen) {
                return done(state(name, seen));
            }
            Throwable cause = ((Look.Failed) look).cause();
            return CompletableFuture.failedStage(new LockUnavailableException(
                    "cassandra: lock '" + name + "' could not be read within " + operationTimeout + ": "
                            + cause.getMessage(),
                    cause,
                    name,
                    null,
                    null));
        });
    }

    private CompletionStage<Look> look(String name, Deadline deadline) {
        return table.read(name, deadline.roundLimit(roundLimit))
                .thenCompose(look -> look instanceof Look.Failed
                        ? retry.later(deadline, () -> look(name, deadline), () -> done(look))
                        : done(look));
    }

    private static Optional<LockState> state(String name, Look.Seen seen) {
        // the lease's columns are written by one transaction and expire in the same second
        if (seen.owner() == null || seen.ownerFence() == null || seen.holder() == null) {
            return Optional.empty();
        }
        return Optional.of(new LockState(
                name, seen.holder(), new FencingToken(seen.ownerFence()), seen.remaining(), seen.metadata()));
    }

    /** Throws out the owner that is seen, or its successor if it goes by itself meanwhile; the next token is greater by the fence in any case. */
    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        Deadline deadline = Deadline.in(operationTimeout);
        return look(name, deadline)
                .thenCompose(look -> look instanceof Look.Seen seen
                        ? evict(name, seen.fence(), seen.owner(), deadline, MOST_EVICTIONS)
                        : done(new ReleaseOutcome.Indeterminate(((Look.Failed) look).cause())));
    }

    private CompletionStage<ReleaseOutcome> evict(
            String name, @Nullable Long fence, @Nullable UUID owner, Deadline deadline, int tries) {
        if (owner == null) {
            return done(new ReleaseOutcome.NotHeld());
        }
        long next = (fence == null ? 0 : fence) + 1;
        return table.evict(name, owner, fence, next, deadline.roundLimit(roundLimit))
                .thenCompose(answer -> decided(
                        answer,
                        applied -> done(new ReleaseOutcome.Released()),
                        refused -> tries > 1 && deadline.allowsRound()
                                ? evict(name, refused.fence(), refused.owner(), deadline, tries - 1)
                                : done(new ReleaseOutcome.Indeterminate(
                                        new IllegalStateException("the owner changed again and again"))),
                        cause -> retry.later(
                                deadline,
                                () -> evictAfterDoubt(name, owner, deadline, tries),
                                () -> done(new ReleaseOutcome.Indeterminate(cause)))));
    }

    /** After an unanswered eviction the owner may be gone because of it; whoever came after must not be thrown out too. */
    private CompletionStage<ReleaseOutcome> evictAfterDoubt(String name, UUID owner, Deadline deadline, int tries) {
        return look(name, deadline).thenCompose(look -> {
            if (look instanceof Look.Failed failed) {
                return done(new ReleaseOutcome.Indeterminate(failed.cause()));
            }
            Look.Seen seen = (Look.Seen) look;
            return owner.equals(seen.owner())
                    ? evict(name, seen.fence(), owner, deadline, tries)
                    : done(new ReleaseOutcome.Released());
        });
    }

    private static <T> CompletionStage<T> done(T outcome) {
        return CompletableFuture.completedStage(outcome);
    }

    private static <T> CompletionStage<T> decided(
            Answer answer,
            Function<Answer.Applied, CompletionStage<T>> applied,
            Function<Answer.Refused, CompletionStage<T>> refused,
            Function<Throwable, CompletionStage<T>> undecided) {
        if (answer instanceof Answer.Applied yes) {
            return applied.apply(yes);
        }
        if (answer instanceof Answer.Refused no) {
            return refused.apply(no);
        }
        return undecided.apply(
                answer instanceof Answer.NotExecuted not ? not.cause() : ((Answer.Unknown) answer).cause());
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Cassandra tells nobody of a release: waiters look again by their backoff. */
    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        return () -> {};
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        cleanup.close();
        // pauses under way end within moments, so that no stage is left without an outcome; new ones are refused
        timer.shutdown();
        try {
            timer.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            timer.shutdownNow();
            disconnect.run();
        }
    }
}
