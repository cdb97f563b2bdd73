package io.fencepost.lock.recipe;

import io.fencepost.lock.FencingToken;
import java.time.Duration;

/**
 * One term of one leader. Made by {@link LeaderElector}.
 *
 * <p>Thread-safe, and never blocks. A process that is paused cannot notice that its term ended: pass {@link #term()} with every write to a resource that refuses older tokens.
 */
public interface Leadership {
    /** The fencing token of the lease behind this term: a later leader's is greater. */
    FencingToken term();

    /** Whether the term is not over. Once false it stays so, and {@link LeadershipListener#ended} is due. */
    boolean isValid();

    /**
     * For how long {@link #isValid()} will answer true if the lease is not renewed any more: what is left of its validity, less the elector's margin.
     *
     * @return {@link Duration#ZERO} once the term is over
     */
    Duration remainingValidity();
}
