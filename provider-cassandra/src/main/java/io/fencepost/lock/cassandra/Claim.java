package io.fencepost.lock.cassandra;

import io.fencepost.lock.spi.AttemptRequest;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * What a lease writes into its row.
 *
 * @param attempt the owner
 * @param token the owner's fencing token; for an acquisition also the row's new fence
 * @param renewals how often the lease was renewed, this renewal included; 0 for an acquisition. Grows with each renewal that is sent, answered or not
 */
record Claim(
        String name,
        UUID attempt,
        long token,
        long renewals,
        Duration ttl,
        String holder,
        Map<String, String> metadata) {
    static Claim of(AttemptRequest request, long token) {
        return new Claim(
                request.name(), request.attemptId(), token, 0, request.ttl(), request.holder(), request.metadata());
    }
}
