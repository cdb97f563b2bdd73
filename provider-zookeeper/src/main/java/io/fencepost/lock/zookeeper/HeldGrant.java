package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.ZooKeeper;

/** A grant with the session that its znodes belong to. */
final class HeldGrant extends Grant {
    private final String holder;
    private final Map<String, String> metadata;
    private final GrantName grantName;
    private final long lockCzxid;
    private final ZooKeeper session;
    private final AtomicBoolean givenUp = new AtomicBoolean();
    private volatile long validUntil;

    /**
     * @param token the id of the transaction that granted
     * @param lockCzxid the id of the transaction that made the lock's znode: the same, or the one that granted to the first of those that handed it on
     * @param since the reading of the time source from which validity counts
     */
    HeldGrant(
            AttemptRequest request,
            GrantName grantName,
            long token,
            long lockCzxid,
            Duration validity,
            ZooKeeper session,
            long since) {
        super(request.name(), request.attemptId(), new FencingToken(token), validity);
        this.holder = request.holder();
        this.metadata = request.metadata();
        this.grantName = grantName;
        this.lockCzxid = lockCzxid;
        this.session = session;
        this.validUntil = since + validity.toNanos();
    }

    /** What the lock's znode says first. */
    static byte[] data(HolderLine line, AttemptRequest request, GrantName grantName) {
        String text =
                line.of(request.attemptId(), request.holder(), request.ttl().toMillis(), request.metadata());
        return (text + grantName.text()).getBytes(UTF_8);
    }

    /** What a renewal writes, for a lease of that ttl. */
    byte[] renewed(HolderLine line, Duration ttl) {
        String text = line.of(attemptId(), holder, ttl.toMillis(), metadata);
        return (text + grantName.text(token().value())).getBytes(UTF_8);
    }

    GrantName grantName() {
        return grantName;
    }

    long lockCzxid() {
        return lockCzxid;
    }

    ZooKeeper session() {
        return session;
    }

    /**
     * Before an operation that takes the grant's znode to its next version.
     *
     * @return whether it is the only one, so that a next version is its work: nobody but the owner's client makes one
     */
    boolean giveUp() {
        return givenUp.compareAndSet(false, true);
    }

    /** That operation certainly had no effect. */
    void takeBack() {
        givenUp.set(false);
    }

    boolean isOver(long now) {
        return now - validUntil >= 0;
    }

    void extend(long since, Duration validity) {
        validUntil = since + validity.toNanos();
    }
}
