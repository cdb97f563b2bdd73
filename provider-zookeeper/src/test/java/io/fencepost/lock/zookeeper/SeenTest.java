package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.spi.HolderText;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

class SeenTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    /** A clock may stand anywhere, also just before its overflow. */
    private static final long START = Long.MAX_VALUE - 5;

    private static Seen seen(long ttlMillis, long czxid, int version, long now) {
        Stat stat = new Stat();
        stat.setCzxid(czxid);
        stat.setVersion(version);
        HolderText text = new HolderText(UUID.randomUUID(), "joe", ttlMillis, Map.of());
        return Seen.of(stat, (text.encode() + new GrantName(UUID.randomUUID(), 0).text()).getBytes(UTF_8), now);
    }

    @Test
    void aHolderIsOverWhenItWasSilentForItsTtlAndNotBefore() {
        Seen seen = seen(1_000, 7, 0, START);
        assertThat(seen.remaining(START)).isEqualTo(Duration.ofSeconds(1));
        assertThat(seen.isOver(START + SECOND - 1)).isFalse();
        assertThat(seen.isOver(START + SECOND)).isTrue();
        assertThat(seen.remaining(START + 5 * SECOND)).isEqualTo(Duration.ZERO);
    }

    @Test
    void seeingTheSameAgainKeepsTheBeginning() {
        Seen seen = seen(1_000, 7, 3, START).again(START + SECOND / 2);
        assertThat(seen.checkedAt()).isEqualTo(START + SECOND / 2);
        assertThat(seen.isOver(START + SECOND)).isTrue();
        assertThat(seen.isSame(seen(1_000, 7, 3, START))).isTrue();
        assertThat(seen.isSame(seen(1_000, 7, 4, START))).isFalse();
        assertThat(seen.isSame(seen(1_000, 8, 3, START))).isFalse();
    }

    @Test
    void aTtlOutOfReasonIsBounded() {
        assertThat(seen(-5, 7, 0, START).remaining(START)).isEqualTo(ZooKeeperBackend.MIN_TTL);
        assertThat(seen(Long.MAX_VALUE, 7, 0, START).remaining(START)).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void whatIsNotOursIsNeverOver() {
        for (byte[] data : new byte[][] {null, {}, {1, 2}, "attempt=x&holder=y&ttl=1".getBytes(UTF_8)}) {
            Seen foreign = Seen.of(new Stat(), data, START);
            assertThat(foreign.isOver(START + 100 * SECOND)).isFalse();
            assertThat(foreign.remaining(START)).isNull();
            assertThat(foreign.holder()).isNull();
        }
    }
}
