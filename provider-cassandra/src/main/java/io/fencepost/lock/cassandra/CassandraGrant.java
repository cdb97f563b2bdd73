package io.fencepost.lock.cassandra;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import java.util.Map;

/** A grant with what a renewal writes again, since every column of the lease carries its TTL. */
final class CassandraGrant extends Grant {
    private final String holder;
    private final Map<String, String> metadata;

    CassandraGrant(AttemptRequest request, long token) {
        super(request.name(), request.attemptId(), new FencingToken(token), request.ttl());
        this.holder = request.holder();
        this.metadata = request.metadata();
    }

    String holder() {
        return holder;
    }

    Map<String, String> metadata() {
        return metadata;
    }
}
