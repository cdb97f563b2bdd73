package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationsTest {
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final UUID OWNER = UUID.randomUUID();

    /** A clock may stand anywhere, also just before its overflow. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    private final Observations observations = new Observations(now::get, 2);

    private Duration saw(String name, UUID owner, long renewals) {
        return observations.saw(name, new Term(owner, renewals, TTL));
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void aHolderIsOverWhenItWasSeenSilentForItsTtlAndNotBefore() {
        assertThat(saw("a", OWNER, 0)).isEqualTo(TTL);
        pass(TTL.minusNanos(1));
        assertThat(saw("a", OWNER, 0)).isEqualTo(Duration.ofNanos(1));
        pass(Duration.ofNanos(1));
        assertThat(saw("a", OWNER, 0)).isZero();
        pass(Duration.ofDays(1));
        assertThat(saw("a", OWNER, 0)).isZero();
    }

    @Test
    void anythingElseThatIsSeenBeginsAnew() {
        saw("a", OWNER, 0);
        pass(TTL);
        assertThat(saw("a", OWNER, 1)).isEqualTo(TTL);
        pass(TTL);
        assertThat(saw("a", UUID.randomUUID(), 1)).isEqualTo(TTL);
        assertThat(saw("b", OWNER, 1)).isEqualTo(TTL);
        pass(TTL);
        observations.forget("b");
        assertThat(saw("b", OWNER, 1)).isEqualTo(TTL);
    }

    @Test
    void keepsTheLocksLookedAtLast() {
        saw("a", OWNER, 0);
        saw("b", OWNER, 0);
        pass(TTL);
        saw("a", OWNER, 0);
        saw("c", OWNER, 0);

        assertThat(saw("a", OWNER, 0)).isZero();
        assertThat(saw("b", OWNER, 0)).isEqualTo(TTL);
    }

    @ParameterizedTest
    @CsvSource({"-5,1000", "0,1000", "999,1000", "1500,1500", "86400000,86400000", "9223372036854775807,86400000"})
    void aTtlOutOfReasonIsBounded(long millis, long expected) {
        assertThat(new Term(OWNER, 0, Duration.ofMillis(millis)).ttl()).isEqualTo(Duration.ofMillis(expected));
    }

    @ParameterizedTest
    @CsvSource({"PT1S,1000", "PT1.000000001S,1001", "PT1.001S,1001", "P1D,86400000"})
    void aRowNeverSaysLessThanTheTtl(Duration ttl, long millis) {
        assertThat(Term.millis(ttl)).isEqualTo(millis);
    }
}
