package io.fencepost.lock.spi;

import io.fencepost.lock.FencingToken;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/**
 * What the backend gave to one attempt. A provider extends it by what it needs to find its grant again (a version, the nodes that granted); the core hands the
 * same object back to renew and release.
 */
public class Grant {
    private final String name;
    private final UUID attemptId;
    private final FencingToken token;
    private final Duration validity;

    /**
     * @param validity what the backend promises, counted from before {@link LockBackend#attempt} was called; at most the ttl, and without any deduction for drift
     */
    public Grant(String name, UUID attemptId, FencingToken token, Duration validity) {
        this.name = Objects.requireNonNull(name, "name");
        this.attemptId = Objects.requireNonNull(attemptId, "attemptId");
        this.token = Objects.requireNonNull(token, "token");
        this.validity = Objects.requireNonNull(validity, "validity");
    }

    public final String name() {
        return name;
    }

    public final UUID attemptId() {
        return attemptId;
    }

    public final FencingToken token() {
        return token;
    }

    public final Duration validity() {
        return validity;
    }

    @Override
    public String toString() {
        return "grant of '" + name + "' with token " + token + " to attempt " + attemptId;
    }
}
