package io.fencepost.lock.fencing;

import io.fencepost.lock.FencingToken;
import java.util.Objects;

/** What became of a write to a {@link FencedResource}, for certain. */
public sealed interface FencedWrite {
    /** It took effect; its token is the fence of the key from now on, until a greater one is accepted. */
    record Accepted() implements FencedWrite {}

    /**
     * It was refused and never takes effect: somebody wrote with a greater token before.
     *
     * @param greatest a token that was accepted before, greater than the one refused; there may be greater ones by now
     */
    record Stale(FencingToken greatest) implements FencedWrite {
        public Stale {
            Objects.requireNonNull(greatest, "greatest");
        }
    }

    /** Whether it took effect. */
    default boolean isAccepted() {
        return this instanceof Accepted;
    }
}
