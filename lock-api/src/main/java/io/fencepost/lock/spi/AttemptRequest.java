package io.fencepost.lock.spi;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * One try to acquire a lock.
 *
 * @param name of the lock, 1 to 512 bytes in UTF-8
 * @param attemptId never used before and never again
 * @param ttl within the range that the backend declares
 * @param holder id of the client
 * @param metadata what others may know of the holder, with {@code host} and {@code pid}
 * @param afterContention an earlier attempt of the same wait found the lock held: a cheap look may spare an expensive try
 */
public record AttemptRequest(
        String name,
        UUID attemptId,
        Duration ttl,
        String holder,
        Map<String, String> metadata,
        boolean afterContention) {
    public AttemptRequest {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(attemptId, "attemptId");
        Objects.requireNonNull(ttl, "ttl");
        Objects.requireNonNull(holder, "holder");
        metadata = Map.copyOf(metadata);
    }
}
