package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.spi.HolderText;
import java.time.Duration;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * A lock's znode as a contender saw it.
 *
 * @param czxid which creation of the znode it was
 * @param version of its data, one more for each renewal and each handoff
 * @param token of the grant that holds it: the id of the transaction that wrote its data, unless the data says another, as it does after a renewal
 * @param text null if the data is not of this library
 * @param grant which grant holds it; null if the data is not of this library
 * @param since the earliest reading of the contender's clock at which it had this version for certain
 * @param checkedAt the latest such reading
 */
record Seen(
        long czxid,
        int version,
        long token,
        @Nullable HolderText text,
        @Nullable GrantName grant,
        long since,
        long checkedAt) {
    /** A holder that writes nonsense, or an honest one with another setting, may not be thrown out before any lease that this library grants could end. */
    private static final Duration LEAST_TTL = ZooKeeperBackend.MIN_TTL;

    private static final Duration MOST_TTL = Duration.ofDays(1);

    private static final Duration MOST_PACE = Duration.ofMillis(100);

    static Seen of(Stat stat, byte @Nullable [] data, long now) {
        try {
            GrantName.Parts parts = GrantName.Parts.of(data == null ? "" : new String(data, UTF_8));
            HolderText text = HolderText.decode(parts.holder());
            long token = parts.token() == 0 ? stat.getMzxid() : parts.token();
            return new Seen(stat.getCzxid(), stat.getVersion(), token, text, parts.grant(), now, now);
        } catch (IllegalArgumentException e) {
            return new Seen(stat.getCzxid(), stat.getVersion(), stat.getMzxid(), null, null, now, now);
        }
    }

    /** The same state, seen again. */
    Seen again(long now) {
        return new Seen(czxid, version, token, text, grant, since, now);
    }

    boolean isSame(Seen other) {
        return czxid == other.czxid && version == other.version;
    }

    /** For how long the holder may still be silent; null if it is not ours to judge. */
    @Nullable
    Duration remaining(long now) {
        if (text == null) {
            return null;
        }
        Duration ttl =
                Duration.ofMillis(Math.min(Math.max(text.ttlMillis(), LEAST_TTL.toMillis()), MOST_TTL.toMillis()));
        Duration left = ttl.minusNanos(now - since);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** How far apart two looks at a lock that changes are to be: a small part of the ttl, by which a takeover may come later. */
    Duration pace() {
        Duration pace = Duration.ofMillis(text == null ? 0 : Math.max(text.ttlMillis(), 0) / 50);
        return pace.compareTo(MOST_PACE) < 0 ? pace : MOST_PACE;
    }

    /** Whether the holder was silent for its whole ttl. */
    boolean isOver(long now) {
        Duration left = remaining(now);
        return left != null && left.isZero();
    }

    @Nullable
    String holder() {
        return text == null ? null : text.holder();
    }
}
