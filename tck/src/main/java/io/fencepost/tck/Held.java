package io.fencepost.tck;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;

/**
 * A grant that a raw backend gave, with the instants around the call that gave or last renewed it.
 *
 * @param grant from the backend
 * @param invokedAt before the call, on the monotonic clock
 * @param returnedAt after it
 */
record Held(Grant grant, long invokedAt, long returnedAt) {
    FencingToken token() {
        return grant.token();
    }

    String name() {
        return grant.name();
    }

    /** The instant until which nobody else may be granted: rule 3.1. */
    long exclusiveUntil(Duration exclusive) {
        return invokedAt + exclusive.toNanos();
    }
}
