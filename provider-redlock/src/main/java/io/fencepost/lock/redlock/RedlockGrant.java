package io.fencepost.lock.redlock;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;

/** A grant with the value that marks its lock on the nodes. */
final class RedlockGrant extends Grant {
    private final String value;
    private final Acquisition origin;

    RedlockGrant(AttemptRequest request, long token, String value, Acquisition origin) {
        super(request.name(), request.attemptId(), new FencingToken(token), request.ttl());
        this.value = value;
        this.origin = origin;
    }

    String value() {
        return value;
    }

    /** The attempt that gave it, which may still have answers to come. */
    Acquisition origin() {
        return origin;
    }
}
