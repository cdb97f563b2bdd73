package io.fencepost.lock.cassandra;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A grant with what a renewal writes again, since every column of the lease may carry its TTL. Thread-safe. */
final class CassandraGrant extends Grant {
    private final String holder;
    private final Map<String, String> metadata;
    private final AtomicLong renewals = new AtomicLong();

    CassandraGrant(AttemptRequest request, long token) {
        super(request.name(), request.attemptId(), new FencingToken(token), request.ttl());
        this.holder = request.holder();
        this.metadata = request.metadata();
    }

    /** What the next renewal writes. */
    Claim renewal(Duration ttl) {
        return new Claim(name(), attemptId(), token().value(), renewals.incrementAndGet(), ttl, holder, metadata);
    }
}
