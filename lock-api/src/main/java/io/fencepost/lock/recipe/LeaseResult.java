package io.fencepost.lock.recipe;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LeaseLostException;
import java.util.Objects;
import java.util.Optional;

/**
 * What became of an action that was to be done under a lease.
 *
 * @param <T> the result of the action
 */
public sealed interface LeaseResult<T> {
    /**
     * The action returned, and the lease lasted until then.
     *
     * @param value what it returned
     * @param token of the lease
     */
    record Completed<T>(T value, FencingToken token) implements LeaseResult<T> {
        public Completed {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(token, "token");
        }
    }

    /**
     * The action returned, but the lease had been lost: others may have been let in meanwhile. What it did where its token was checked stands; the rest may have to be undone.
     *
     * @param value what it returned all the same
     * @param loss says of which lease
     */
    record Outlived<T>(T value, LeaseLostException loss) implements LeaseResult<T> {
        public Outlived {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(loss, "loss");
        }
    }

    /** Somebody else held the lock until the end of the wait: the action was not begun. */
    record NotRun<T>() implements LeaseResult<T> {}

    /**
     * What the action returned under a lease that lasted; empty if it was not begun.
     *
     * @throws LeaseLostException if the lease did not last
     */
    default Optional<T> orThrow() {
        if (this instanceof Outlived<T> outlived) {
            throw outlived.loss();
        }
        return this instanceof Completed<T> completed ? Optional.of(completed.value()) : Optional.empty();
    }
}
