package io.fencepost.scheduler.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private static final long SECOND = 1_000_000_000;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    @Test
    void letsAsManyThroughAsAllowedAndFillsUpAgain() {
        RateLimiter limiter = new RateLimiter(5, now::get);
        for (int i = 0; i < 5; i++) {
            assertThat(limiter.take("192.0.2.1")).isEmpty();
        }

        assertThat(limiter.take("192.0.2.1")).isEqualTo(OptionalLong.of(1));
        assertThat(limiter.take("192.0.2.2")).isEmpty();
        now.addAndGet(SECOND / 5);
        assertThat(limiter.take("192.0.2.1")).isEmpty();
        assertThat(limiter.take("192.0.2.1")).isPresent();
        now.addAndGet(3600 * SECOND);
        for (int i = 0; i < 5; i++) {
            assertThat(limiter.take("192.0.2.1")).isEmpty();
        }
        assertThat(limiter.take("192.0.2.1")).isPresent();
    }

    @Test
    void takesANetworkOf64BitsForOneClient() {
        RateLimiter limiter = new RateLimiter(1, now::get);

        assertThat(limiter.take("2001:db8:1:2::1")).isEmpty();
        assertThat(limiter.take("2001:db8:1:2:ffff::9")).isPresent();
        assertThat(limiter.take("2001:db8:1:3::1")).isEmpty();
    }

    @Test
    void remembersABoundedNumberOfClients() {
        RateLimiter limiter = new RateLimiter(1, now::get);
        for (int i = 0; i < RateLimiter.MAX_CLIENTS + 500; i++) {
            limiter.take("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256);
        }

        assertThat(limiter.clients()).isEqualTo(RateLimiter.MAX_CLIENTS);
    }
}
