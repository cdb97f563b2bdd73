package io.fencepost.lock.cassandra;

import io.fencepost.lock.cassandra.LockTable.Answer;
import io.fencepost.lock.cassandra.LockTable.Look;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptOutcome.Contended;
import io.fencepost.lock.spi.AttemptOutcome.Indeterminate;
import io.fencepost.lock.spi.AttemptOutcome.Unavailable;
import io.fencepost.lock.spi.AttemptRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, from its first statement to its outcome; the algorithm is described at {@link CassandraLockBackend}. At most one acquiring statement of it can
 * still take effect at any time: a further one is sent only once the one before was refused, or can no longer apply because the fence has moved on.
 *
 * <p>Steps follow each other, each after the answer to the one before, so the fields need no lock.
 */
final class AttemptRun {
    /** Acquiring statements of one attempt. More are needed only if others take and free the lock between two of them, again and again. */
    private static final int MOST_CLAIMS = 4;

    private final LockTable table;
    private final FenceCache fences;
    private final Observations observations;
    private final Retry retry;
    private final Cleanup cleanup;
    private final AttemptRequest request;
    private final Deadline deadline;
    private final Duration roundLimit;
    private int claims;

    AttemptRun(
            LockTable table,
            FenceCache fences,
            Observations observations,
            Retry retry,
            Cleanup cleanup,
            AttemptRequest request,
            Duration operationTimeout) {
        this.table = table;
        this.fences = fences;
        this.observations = observations;
        this.retry = retry;
        this.cleanup = cleanup;
        this.request = request;
        this.deadline = Deadline.in(operationTimeout);
        // half, so that an unanswered claim leaves as much time to find out what became of it
        this.roundLimit = operationTimeout.dividedBy(2);
    }

    CompletionStage<AttemptOutcome> start() {
        if (!request.afterContention()) {
            return claim(fences.get(request.name()), null);
        }
        return table.peek(request.name(), limit()).thenCompose(look -> {
            if (look instanceof Look.Failed failed) {
                return done(new Unavailable(failed.cause()));
            }
            Look.Seen seen = (Look.Seen) look;
            return seen.owner() == null
                    ? claim(seen.fence(), null)
                    : held(
                            seen.fence(),
                            seen.term(),
                            new Contended(seen.remaining(), Optional.ofNullable(seen.holder())));
        });
    }

    /** @param silent whose lock is to be taken over; null if it is free */
    private CompletionStage<AttemptOutcome> claim(@Nullable Long last, @Nullable Term silent) {
        claims++;
        long next = (last == null ? 0 : last) + 1;
        Claim claim = Claim.of(request, next);
        CompletionStage<Answer> sent =
                silent == null ? table.acquire(claim, last, limit()) : table.takeOver(claim, last, silent, limit());
        return sent.thenCompose(answer -> {
            if (answer instanceof Answer.Applied) {
                return done(acquired(next));
            }
            if (answer instanceof Answer.NotExecuted not) {
                return done(new Unavailable(not.cause()));
            }
            if (answer instanceof Answer.Unknown unknown) {
                return settle(last, next, silent, unknown.cause());
            }
            Answer.Refused refused = (Answer.Refused) answer;
            return refused(refused, next, Contended.of(null, null));
        });
    }

    /** Finds out what became of an unanswered claim by making it impossible, see {@link CassandraLockBackend}. */
    private CompletionStage<AttemptOutcome> settle(
            @Nullable Long last, long next, @Nullable Term silent, Throwable cause) {
        return table.raise(request.name(), last, next, request.attemptId(), limit())
                .thenCompose(answer -> {
                    if (answer instanceof Answer.Applied) {
                        fences.put(request.name(), next);
                        return again() ? claim(next, silent) : done(new Unavailable(cause));
                    }
                    if (answer instanceof Answer.Refused refused) {
                        return refused(refused, next, new Unavailable(cause));
                    }
                    return retry.later(deadline, () -> settle(last, next, silent, cause), () -> {
                        cleanup.settle(request.name(), last, next, request.attemptId());
                        return done(new Indeterminate(cause));
                    });
                });
    }

    /**
     * After a refusal no statement sent so far can take effect any more.
     *
     * @param gaveUp the outcome if the lock was seen free, but there is no time or patience left to claim it
     */
    private CompletionStage<AttemptOutcome> refused(Answer.Refused refused, long next, AttemptOutcome gaveUp) {
        UUID owner = refused.owner();
        if (request.attemptId().equals(owner)) {
            // applied although it was not reported so: a lost answer, or a proposal that another coordinator completed
            return done(acquired(next));
        }
        fences.put(request.name(), refused.fence());
        if (owner != null) {
            return held(refused.fence(), refused.term(), Contended.of(null, refused.holder()));
        }
        observations.forget(request.name());
        return again() ? claim(refused.fence(), null) : done(gaveUp);
    }

    /** Contention, unless the holder has been silent for its ttl before this client's eyes: then its lock is taken over. */
    private CompletionStage<AttemptOutcome> held(@Nullable Long fence, @Nullable Term term, Contended contended) {
        if (term == null) {
            return done(contended);
        }
        Duration left = observations.saw(request.name(), term);
        return left.isZero() && again()
                ? claim(fence, term)
                : done(new Contended(Optional.of(left), contended.holder()));
    }

    private AttemptOutcome acquired(long token) {
        fences.put(request.name(), token);
        observations.forget(request.name());
        return new Acquired(new CassandraGrant(request, token));
    }

    private boolean again() {
        return claims < MOST_CLAIMS && deadline.allowsRound();
    }

    private Duration limit() {
        return deadline.roundLimit(roundLimit);
    }

    private static CompletionStage<AttemptOutcome> done(AttemptOutcome outcome) {
        return CompletableFuture.completedStage(outcome);
    }
}
