package io.fencepost.lock.cassandra;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.cassandra.LockTable.Answer;
import io.fencepost.lock.cassandra.LockTable.Look;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
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
 * <p><b>Algorithm.</b> The row's {@code fence} is the highest number ever given out. The lease is the owner (an attempt id), its token, and what it says of
 * itself. Acquire: if there is no owner and the fence is {@code last}, set the fence and the owner's token to {@code last + 1}. {@code last} is what this
 * client saw last; a refusal answers with the right one, so one more round suffices. Renew and release are conditional on the owner. A contender that knows of
 * the contention looks by a plain read first, and spends no transaction while it sees an owner.
 *
 * <p><b>How the lease of a silent holder ends.</b> In one of two ways, {@link Expiry}, which is a matter of the table: clients that differ would not exclude
 * each other. So the key of the two kinds of table has different names; the statements of one cannot even be prepared on the other, whatever columns it is
 * given.
 *
 * <p>{@code expiry=ttl}: the columns of the lease carry a TTL, the fence does not. A dead holder's lock is free without anybody looking, by the clock of the
 * coordinator that is asked.
 *
 * <p>{@code expiry=observed}: nothing has a TTL. The row says for how long the holder may be silent (its ttl, not the contender's) and counts its renewals. A
 * contender that gets to see the same owner and count for that long, from the answer that showed it first, takes over: it becomes the owner with the next
 * fence, if owner, count and fence are still those. The holder counts its validity from before it sent the write whose count the contender saw, the contender
 * from after it saw it; both by their monotonic clocks, of which only the rates must agree. A renewal either comes before the takeover, which is then refused,
 * or after it, and is refused itself. It raises the count, and only a greater one is written: a copy of an earlier renewal that is executed after a later one
 * would otherwise bring back a count that a contender may have been watching for long. A contender's observations outlive its attempts, and may be as old as
 * they like: owners and counts never come back, so what is the same at two moments was so in between. Who is not observed holds on: a dead holder's lock is
 * held until somebody wants it and has watched it for a ttl.
 *
 * <p><b>Why it excludes.</b> Transactions of one row are linearizable (Paxos), so of all that see no owner one becomes it. Tokens grow because every
 * acquisition raises the fence by the same transaction.
 *
 * <p><b>Unanswered claims.</b> A timeout or a lost connection says nothing: the coordinator may have been stopped before it began, and may begin at any later
 * time, so no read can settle the matter, not even a serial one. What settles it is to make the claim's condition false for ever: a transaction that raises the
 * fence from {@code last} to {@code last + 1} unless this attempt is the owner. Applied: the claim never was and never will be. Refused: the fence has moved
 * on, the claim cannot apply any more, and the owner that comes with the refusal says whether it had. That transaction may be repeated until it is answered,
 * and late copies of it are harmless. The fence is raised even while somebody else holds the lock, since the claim could apply after their release; hence the
 * holder's token has a column of its own. Unanswered renewals and releases are simply repeated: they are conditional on an attempt id that is never used again,
 * and late copies change nothing but, for a renewal of a lease with a TTL that is still held, its end. A release that is refused after an unanswered one looks
 * for the token that only a release leaves behind. A takeover is a claim like any other in all this, and so is a handoff.
 *
 * <p><b>Handoff.</b> The successor's claim has the condition that the predecessor is the owner, in place of nobody, and that the fence is {@code last}; so one
 * transaction ends the one lease and begins the other, with a greater token. Exclusion: the predecessor was given up by its client before the claim was sent,
 * and nobody else can have become owner while it was one. Its renewals and releases that are executed later find another owner, and are refused. A contender
 * that watched it finds another attempt, and begins again. Refused to the predecessor: somebody raised the fence to settle a claim; once more, with that fence.
 * Refused to another owner, or to none: the predecessor's lease had ended, and the attempt goes on as any other. Not sent, or raised out of the way: the
 * predecessor may still be the owner, and is released in the time that is left, and after that in the background. Neither answered nor settled: both are
 * unknown, and the clean-up that settles the claim releases whichever of the two it finds. Settled, but to another owner: the successor may have been one in
 * between, until its TTL or somebody's {@code forceRelease}, so that what ended the predecessor is unknown.
 *
 * <p><b>Where it can be interrupted.</b> Client paused before sending: the ttl counts from the server's receipt, or a contender's look, validity from before
 * the sending, so the lease ends earlier at the client. Client paused after: validity runs out, the token protects the resource. Coordinator paused: it judges
 * a TTL by the second in which it took the request, so a pause makes owners look alive for longer, not shorter; the client finds out through another
 * coordinator. Replica lost: a quorum remains, or the answer is unavailable or unknown. Replica restarted empty: as for all data in Cassandra, it must be
 * repaired or replaced before it takes part again, or it may have forgotten a promise.
 *
 * <p><b>What clocks do to transactions.</b> Ballots, and the timestamps of what is written, come from the coordinator's wall clock, but order does not rest on
 * it: a coordinator never goes back behind its own last one while it runs, and one that meets a greater ballot at a replica, from a clock that was ahead,
 * begins again above it. So transactions keep their order, and each later one is written with a greater timestamp; after a jump forward those of other
 * coordinators cost one more round, for as long as their clocks are behind. What rests on wall clocks is for how long replicas remember ballots and deletions:
 * {@code gc_grace_seconds}, and ballots for 3 h at least.
 *
 * <p><b>What breaks it.</b> With {@code expiry=ttl}, TTLs are judged by wall clocks of coordinators: if one is ahead of another by more than {@link ServerTtl}
 * and the drift margin allow, a lease ends that much early, and there are two holders until the first one's validity ends; tokens still order them. With either
 * expiry, a clock that was ahead by more than {@code gc_grace_seconds} and set back: once the ballots from the future are forgotten, later writes are hidden by
 * those from the future, though they are said to have been applied, and two holders may get one token. Deleting rows, truncating the table or restoring a
 * backup makes tokens start again lower. Mixed consistency levels among clients exclude nobody.
 *
 * <p>Sources: Cassandra 5.0 {@code org.apache.cassandra.service.paxos.Paxos} (when an answer is certain), {@code ClientState.getTimestampForPaxos} (where
 * ballots come from), {@code SystemKeyspace.legacyPaxosTtlSec} (how long they are remembered); CASSANDRA-12126 (linearizable refusals); C. Gray, D. Cheriton,
 * Leases, SOSP 1989 (whose clock counts from when).
 */
final class CassandraLockBackend implements LockBackend {
    private static final int RENEWALS_PER_TTL = 3;
    private static final int MOST_EVICTIONS = 5;

    private final LockTable table;
    private final Capabilities capabilities;
    private final Runnable disconnect;
    private final Duration operationTimeout;
    private final Duration roundLimit;
    private final ScheduledExecutorService timer;
    private final Retry retry;
    private final Cleanup cleanup;
    private final FenceCache fences = new FenceCache(FenceCache.DEFAULT_CAPACITY);
    private final Observations observations;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Owns the session and the timer, and ends both.
     *
     * @param expiry of the leases in the session's table
     * @param timeSource by which holders are observed
     */
    CassandraLockBackend(
            LockSession session,
            Expiry expiry,
            Duration operationTimeout,
            ScheduledExecutorService timer,
            TimeSource timeSource) {
        this.table = session.table();
        this.capabilities = expiry.capabilities();
        this.observations = new Observations(timeSource, Observations.DEFAULT_CAPACITY);
        this.disconnect = session.disconnect();
        this.operationTimeout = operationTimeout;
        // half, so that an unanswered claim leaves as much time to find out what became of it
        this.roundLimit = operationTimeout.dividedBy(2);
        this.timer = timer;
        this.retry = new Retry(timer);
        this.cleanup = new Cleanup(table, timer, roundLimit);
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        return run(request, Deadline.in(operationTimeout)).start();
    }

    private AttemptRun run(AttemptRequest request, Deadline deadline) {
        return new AttemptRun(table, fences, observations, retry, cleanup, request, deadline, roundLimit);
    }

    @Override
    public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        Deadline deadline = Deadline.in(operationTimeout);
        AttemptRun run = run(request, deadline);
        return run.startAfter(grant)
                .thenCompose(attempted -> run.released()
                        .map(CassandraLockBackend::done)
                        .orElseGet(() -> releaseOrCleanUp(grant, deadline))
                        .thenApply(released -> new HandoffOutcome(released, attempted)));
    }

    /** The caller of a handoff does not come back to its grant. */
    private CompletionStage<ReleaseOutcome> releaseOrCleanUp(Grant grant, Deadline deadline) {
        return release(grant, deadline, null).thenApply(outcome -> {
            if (outcome instanceof ReleaseOutcome.Indeterminate) {
                cleanup.release(grant.name(), grant.attemptId());
            }
            return outcome;
        });
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        CassandraGrant lease = (CassandraGrant) grant;
        Claim claim = lease.renewal(ttl);
        // a lost answer must leave time for another try within the lease
        Duration perTry = shorter(roundLimit, ttl.dividedBy(RENEWALS_PER_TTL));
        return renew(claim, perTry, Deadline.in(operationTimeout), lease.end()).thenApply(outcome -> {
            if (outcome instanceof RenewOutcome.Renewed) {
                lease.renewed(ttl);
            }
            return outcome;
        });
    }

    private CompletionStage<RenewOutcome> renew(Claim claim, Duration perTry, Deadline deadline, Deadline leaseEnd) {
        return table.renew(claim, deadline.roundLimit(perTry), deadline, leaseEnd)
                .thenCompose(answer -> decided(
                        answer,
                        applied -> done(new RenewOutcome.Renewed(claim.ttl())),
                        // refused to the owner: a copy of it was executed, by an earlier try or by another coordinator
                        refused -> done(
                                claim.attempt().equals(refused.owner())
                                        ? new RenewOutcome.Renewed(claim.ttl())
                                        : new RenewOutcome.Lost(LossCause.NOT_OWNER)),
                        cause -> retry.later(
                                deadline,
                                () -> renew(claim, perTry, deadline, leaseEnd),
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

    /** How many attempts and grants the clean-up is still busy with. */
    int cleanUpsPending() {
        return cleanup.pending();
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

    private Optional<LockState> state(String name, Look.Seen seen) {
        // the lease's columns are written by one transaction, and those with a TTL expire in the same second
        if (seen.owner() == null || seen.ownerFence() == null || seen.holder() == null) {
            return Optional.empty();
        }
        Optional<Duration> remaining =
                seen.term() == null ? seen.remaining() : Optional.of(observations.saw(name, seen.term()));
        return Optional.of(
                new LockState(name, seen.holder(), new FencingToken(seen.ownerFence()), remaining, seen.metadata()));
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
