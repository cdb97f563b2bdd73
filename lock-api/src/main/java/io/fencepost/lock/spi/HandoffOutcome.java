package io.fencepost.lock.spi;

import io.fencepost.lock.ReleaseOutcome;
import java.util.Objects;

/**
 * What became of a cohort handoff: of the grant that was given up, and of the attempt that was to follow it. Each means what it means alone.
 *
 * @param released of the predecessor
 * @param attempted of the successor, whose validity counts from before {@link LockBackend#handOff} was called
 */
public record HandoffOutcome(ReleaseOutcome released, AttemptOutcome attempted) {
    public HandoffOutcome {
        Objects.requireNonNull(released, "released");
        Objects.requireNonNull(attempted, "attempted");
    }
}
