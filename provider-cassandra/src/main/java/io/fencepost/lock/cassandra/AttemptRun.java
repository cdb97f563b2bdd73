package io.fencepost.lock.cassandra;

import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.cassandra.LockTable.Answer;
import io.fencepost.lock.cassandra.LockTable.Look;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptOutcome.Contended;
import io.fencepost.lock.spi.AttemptOutcome.Indeterminate;
import io.fencepost.lock.spi.AttemptOutcome.Unavailable;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
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
    private @Nullable ReleaseOutcome released;

    /** Whose place a claim takes. */
    private sealed interface Place {
        record Free() implements Place {}

        /** Taken over from. */
        record Silent(Term term) implements Place {}

        /** Handed off by. */
        record Predecessor(UUID attempt) implements Place {}
    }

    AttemptRun(
            LockTable table,
            FenceCache fences,
            Observations observations,
            Retry retry,
            Cleanup cleanup,
            AttemptRequest request,
            Deadline deadline,
            Duration roundLimit) {
        this.table = table;
        this.fences = fences;
        this.observations = observations;
        this.retry = retry;
        this.cleanup = cleanup;
        this.request = request;
        this.deadline = deadline;
        this.roundLimit = roundLimit;
    }

    CompletionStage<AttemptOutcome> start() {
        // a transaction that is refused costs more than a read, and stands in the way of the holder's
        if (!request.afterContention() && !fences.isHeldElsewhere(request.name())) {
            return claim(fences.get(request.name()), new Place.Free());
        }
        return table.peek(request.name(), limit()).thenCompose(look -> {
            if (look instanceof Look.Failed failed) {
                return done(new Unavailable(failed.cause()));
            }
            Look.Seen seen = (Look.Seen) look;
            return seen.owner() == null
                    ? claim(seen.fence(), new Place.Free())
                    : held(
                            seen.fence(),
                            seen.term(),
                            new Contended(seen.remaining(), Optional.ofNullable(seen.holder())));
        });
    }

    /** Takes the place of {@code predecessor} if that holds the lock; otherwise it is an attempt like any other. */
    CompletionStage<AttemptOutcome> startAfter(Grant predecessor) {
        long token = predecessor.token().value();
        Long seen = fences.get(request.name());
        // a cache that lost this lock may have found an older fence again
        return claim(seen == null ? token : Math.max(seen, token), new Place.Predecessor(predecessor.attemptId()));
    }

    /** What became of the predecessor, once the attempt has ended; empty where it may still hold the lock, and no statement of this attempt changes that any more. */
    Optional<ReleaseOutcome> released() {
        return Optional.ofNullable(released);
    }

    private CompletionStage<AttemptOutcome> claim(@Nullable Long last, Place place) {
        claims++;
        long next = (last == null ? 0 : last) + 1;
        Claim claim = Claim.of(request, next);
        return send(claim, last, place).thenCompose(answer -> {
            if (answer instanceof Answer.Applied) {
                return done(acquired(next, place));
            }
            if (answer instanceof Answer.NotExecuted not) {
                return done(new Unavailable(not.cause()));
            }
            if (answer instanceof Answer.Unknown unknown) {
                return settle(last, next, place, unknown.cause());
            }
            Answer.Refused refused = (Answer.Refused) answer;
            return refused(refused, next, place, null, Contended.of(null, null));
        });
    }

    private CompletionStage<Answer> send(Claim claim, @Nullable Long last, Place place) {
        if (place instanceof Place.Silent silent) {
            return table.takeOver(claim, last, silent.term(), limit());
        }
        return place instanceof Place.Predecessor predecessor
                ? table.handOff(claim, last, predecessor.attempt(), limit())
                : table.acquire(claim, last, limit());
    }

    /** Finds out what became of an unanswered claim by making it impossible, see {@link CassandraLockBackend}. */
    private CompletionStage<AttemptOutcome> settle(@Nullable Long last, long next, Place place, Throwable cause) {
        return table.raise(request.name(), last, next, request.attemptId(), limit())
                .thenCompose(answer -> {
                    if (answer instanceof Answer.Applied) {
                        fences.put(request.name(), next);
                        return again() ? claim(next, place) : done(new Unavailable(cause));
                    }
                    if (answer instanceof Answer.Refused refused) {
                        return refused(refused, next, place, cause, new Unavailable(cause));
                    }
                    return retry.later(deadline, () -> settle(last, next, place, cause), () -> {
                        UUID predecessor = place instanceof Place.Predecessor of ? of.attempt() : null;
                        if (predecessor != null) {
                            released = new ReleaseOutcome.Indeterminate(cause);
                        }
                        cleanup.settle(request.name(), last, next, request.attemptId(), predecessor);
                        return done(new Indeterminate(cause));
                    });
                });
    }

    /**
     * After a refusal no statement sent so far can take effect any more.
     *
     * @param doubt why it is not known whether the claim had taken effect for a while; null if it had not
     * @param gaveUp the outcome if the lock was seen free, but there is no time or patience left to claim it
     */
    private CompletionStage<AttemptOutcome> refused(
            Answer.Refused refused, long next, Place place, @Nullable Throwable doubt, AttemptOutcome gaveUp) {
        UUID owner = refused.owner();
        if (request.attemptId().equals(owner)) {
            // applied although it was not reported so: a lost answer, or a proposal that another coordinator completed
            return done(acquired(next, place));
        }
        if (place instanceof Place.Predecessor predecessor) {
            if (predecessor.attempt().equals(owner)) {
                // somebody settled a claim of theirs, and raised the fence
                fences.put(request.name(), refused.fence());
                return again() ? claim(refused.fence(), place) : done(gaveUp);
            }
            // the successor's own lease may have come and gone, as long as nobody answered
            released = doubt == null ? new ReleaseOutcome.NotHeld() : new ReleaseOutcome.Indeterminate(doubt);
        }
        if (owner != null) {
            return held(refused.fence(), refused.term(), Contended.of(null, refused.holder()));
        }
        fences.put(request.name(), refused.fence());
        observations.forget(request.name());
        return again() ? claim(refused.fence(), new Place.Free()) : done(gaveUp);
    }

    /** Contention, unless the holder has been silent for its ttl before this client's eyes: then its lock is taken over. */
    private CompletionStage<AttemptOutcome> held(@Nullable Long fence, @Nullable Term term, Contended contended) {
        fences.putHeldElsewhere(request.name(), fence);
        if (term == null) {
            return done(contended);
        }
        Duration left = observations.saw(request.name(), term);
        return left.isZero() && again()
                ? claim(fence, new Place.Silent(term))
                : done(new Contended(Optional.of(left), contended.holder()));
    }

    private AttemptOutcome acquired(long token, Place place) {
        if (place instanceof Place.Predecessor) {
            released = new ReleaseOutcome.Released();
        }
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
