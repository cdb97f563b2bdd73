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
    private volatile Deadline end;

    CassandraGrant(AttemptRequest request, long token) {
        super(request.name(), request.attemptId(), new FencingToken(token), request.ttl());
        this.holder = request.holder();
        this.metadata = request.metadata();
        this.end = Deadline.in(request.ttl());
    }

    /** What the next renewal writes. */
    Claim renewal(Duration ttl) {
        return new Claim(name(), attemptId(), token().value(), renewals.incrementAndGet(), ttl, holder, metadata);
    }

    /** About when the lease ends unless it is renewed; orders renewals, and decides nothing else. */
    Deadline end() {
        return end;
    }

    void renewed(Duration ttl) {
        end = Deadline.in(ttl);
    }
}
