package io.fencepost.lock.cassandra;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The single-row operations that the algorithms are made of; each is one statement, and every conditional one is atomic.
 *
 * <p>No stage ever fails, and each completes within about its {@code limit}: what went wrong is a value. Nothing here is sent twice, except where it is
 * certain that the first copy was not executed.
 */
interface LockTable {
    /** The outcome of a conditional write. */
    sealed interface Answer {
        /** The condition held and the write took effect. */
        record Applied() implements Answer {}

        /**
         * The condition did not hold, and this copy of the write never takes effect. Null where the row, or the cell, is missing, or the answer does not say.
         *
         * @param term only of leases that end by observation
         */
        record Refused(
                @Nullable Long fence,
                @Nullable UUID owner,
                @Nullable String holder,
                @Nullable Term term) implements Answer {}

        /** The server did not execute the write, and never will. */
        record NotExecuted(Throwable cause) implements Answer {}

        /** The write took effect, or may still do so at any later time, or never does. */
        record Unknown(Throwable cause) implements Answer {}
    }

    /** The outcome of a read. */
    sealed interface Look {
        /**
         * What the row held; everything is null, or empty, where the row is missing.
         *
         * @param remaining only of leases that end by their TTL
         * @param term only of leases that end by observation
         */
        record Seen(
                @Nullable Long fence,
                @Nullable UUID owner,
                @Nullable Long ownerFence,
                @Nullable String holder,
                Map<String, String> metadata,
                Optional<Duration> remaining,
                @Nullable Term term)
                implements Look {}

        record Failed(Throwable cause) implements Look {}
    }

    /** Makes {@code claim} the owner and its token the fence, if there is no owner and the fence is {@code last}. */
    CompletionStage<Answer> acquire(Claim claim, @Nullable Long last, Duration limit);

    /** Makes {@code claim} the owner and its token the fence, if the lock is still at the term {@code silent} and the fence is {@code last}. */
    CompletionStage<Answer> takeOver(Claim claim, @Nullable Long last, Term silent, Duration limit);

    /** Makes {@code claim} the owner and its token the fence, if {@code predecessor} is still the owner and the fence is {@code last}. */
    CompletionStage<Answer> handOff(Claim claim, @Nullable Long last, UUID predecessor, Duration limit);

    /** Raises the fence from {@code last} to {@code next}, whoever owns the lock, unless {@code attempt} does. */
    CompletionStage<Answer> raise(String name, @Nullable Long last, long next, UUID attempt, Duration limit);

    /**
     * Begins a new term of {@code claim}, if it is still the owner, and where terms are counted no later one has begun.
     *
     * @param limit for the answer, once it is sent; where many statements wait to be sent, this one may wait as long as {@code deadline} allows
     * @param leaseEnd when the lease ends unless it is renewed: of several renewals the most urgent is sent first
     */
    CompletionStage<Answer> renew(Claim claim, Duration limit, Deadline deadline, Deadline leaseEnd);

    /** Removes the owner, if it is {@code attempt}. */
    CompletionStage<Answer> release(String name, UUID attempt, Duration limit);

    /** Removes {@code owner} and raises the fence to {@code next}, if both are still as they were seen. */
    CompletionStage<Answer> evict(String name, UUID owner, @Nullable Long fence, long next, Duration limit);

    /** Reads what has been committed: cheap, may miss a transaction that is just being agreed on, and needs no consensus. */
    CompletionStage<Look> peek(String name, Duration limit);

    /** Reads through the consensus, so that everything that was answered before is seen. */
    CompletionStage<Look> read(String name, Duration limit);
}
