package io.fencepost.lock;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A held lock as seen from outside, at some instant between the call and its return. It may have changed since: use it to
 * look, never to decide.
 *
 * @param name the lock
 * @param holder id of the client that holds it
 * @param token of the lease in force
 * @param remaining how long the lease lasts if it is not renewed, as far as the backend knows, up to its grace; empty where it cannot say
 * @param metadata what the holder said of itself, see {@link LockOptions#metadata()}
 */
public record LockState(
        String name, String holder, FencingToken token, Optional<Duration> remaining, Map<String, String> metadata) {
    public LockState {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(holder, "holder");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(remaining, "remaining");
        metadata = Map.copyOf(metadata);
    }
}
