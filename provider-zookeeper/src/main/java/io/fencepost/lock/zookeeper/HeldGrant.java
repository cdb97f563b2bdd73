package io.fencepost.lock.zookeeper;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HolderText;
import java.time.Duration;
import java.util.Map;
import org.apache.zookeeper.ZooKeeper;

/** A grant with the session that its znodes belong to. */
final class HeldGrant extends Grant {
    private final String holder;
    private final Map<String, String> metadata;
    private final ZooKeeper session;
    private volatile long validUntil;

    /** @param since the reading of the time source from which validity counts */
    HeldGrant(AttemptRequest request, long czxid, Duration validity, ZooKeeper session, long since) {
        super(request.name(), request.attemptId(), new FencingToken(czxid), validity);
        this.holder = request.holder();
        this.metadata = request.metadata();
        this.session = session;
        this.validUntil = since + validity.toNanos();
    }

    ZooKeeper session() {
        return session;
    }

    /** What the znode says for a lease of that ttl. */
    HolderText text(Duration ttl) {
        return new HolderText(attemptId(), holder, ttl.toMillis(), metadata);
    }

    boolean isOver(long now) {
        return now - validUntil >= 0;
    }

    void extend(long since, Duration validity) {
        validUntil = since + validity.toNanos();
    }
}
