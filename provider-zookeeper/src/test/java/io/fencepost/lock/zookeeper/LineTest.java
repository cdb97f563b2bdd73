package io.fencepost.lock.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;

class LineTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    /** A clock may stand anywhere, also just before its overflow. */
    private static final long START = Long.MAX_VALUE - 5;

    private final Line line = new Line("/base/.queues/orders");

    @Test
    void theSameFirstEntryBesideAFreeLockIsIdleFromWhenItWasFirstSeenSo() {
        assertThat(line.idle(Optional.of("a"), START)).isZero();
        assertThat(line.idle(Optional.of("a"), START + SECOND)).isEqualTo(Duration.ofSeconds(1));
        assertThat(line.idle(Optional.of("a"), START + 2 * SECOND)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void anotherFirstEntryOrAHeldLockOrALongTimeWithoutALookBeginsAnew() {
        line.idle(Optional.of("a"), START);
        assertThat(line.idle(Optional.of("b"), START + SECOND)).isZero();
        line.idle(Optional.empty(), START + 2 * SECOND);
        assertThat(line.idle(Optional.of("b"), START + 3 * SECOND)).isZero();
        assertThat(line.idle(Optional.of("b"), START + 100 * SECOND)).isZero();
    }

    @Test
    void aTryThatFindsAQueueIsToldApartFromOtherRefusals() {
        Gate none = line.unlessAnybodyWaits(ZooDefs.Ids.OPEN_ACL_UNSAFE);
        assertThat(none.kind()).isEqualTo(Gate.Kind.NO_QUEUE);
        assertThat(none.tells(Code.NODEEXISTS)).isTrue();
        assertThat(none.tells(Code.NONODE)).isFalse();
        line.exists(true);
        Gate empty = line.unlessAnybodyWaits(ZooDefs.Ids.OPEN_ACL_UNSAFE);
        assertThat(empty.kind()).isEqualTo(Gate.Kind.EMPTY_QUEUE);
        assertThat(empty.tells(Code.NOTEMPTY)).isTrue();
        assertThat(empty.tells(Code.NOAUTH)).isFalse();
        assertThat(Gate.ALWAYS_OPEN.tells(Code.NODEEXISTS)).isFalse();
    }
}
