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
 * @param version of its data, one more for each renewal
 * @param text null if the data is not of this library
 * @param since the earliest reading of the contender's clock at which it had this version for certain
 * @param checkedAt the latest such reading
 */
record Seen(long czxid, int version, @Nullable HolderText text, long since, long checkedAt) {
    /** A holder that writes nonsense, or an honest one with another setting, may not be thrown out before any lease that this library grants could end. */
    private static final Duration LEAST_TTL = ZooKeeperBackend.MIN_TTL;

    private static final Duration MOST_TTL = Duration.ofDays(1);

    static Seen of(Stat stat, byte @Nullable [] data, long now) {
        return new Seen(stat.getCzxid(), stat.getVersion(), decode(data), now, now);
    }

    private static @Nullable HolderText decode(byte @Nullable [] data) {
        if (data == null) {
            return null;
        }
        try {
            return HolderText.decode(new String(data, UTF_8));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The same state, seen again. */
    Seen again(long now) {
        return new Seen(czxid, version, text, since, now);
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
