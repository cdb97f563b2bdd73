package io.fencepost.scenarios.leases;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeasesPlanTest {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration KEEP = Duration.ofSeconds(60);

    private static LeasesPlan.Provider provider(long longestTtlSeconds, long longestValiditySeconds, double rate) {
        return new LeasesPlan.Provider(
                Duration.ofSeconds(longestTtlSeconds), Duration.ofSeconds(longestValiditySeconds), rate);
    }

    @Test
    void aFewLeasesHaveTheShortestTtlAndAreKeptForThreeRenewals() {
        LeasesPlan plan = LeasesPlan.of(1_000, Optional.empty(), provider(3_600, 3_600, 2_000), LIMIT, KEEP);

        assertThat(plan)
                .isEqualTo(new LeasesPlan(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(15), ""));
        assertThat(plan.renewalsPerSecond(1_000)).isEqualTo(200);
        assertThat(plan.periods()).isEqualTo(3);
    }

    @Test
    void manyHaveAsLongATtlAsTheBackendNeeds() {
        // half of 2,000 renewals a second: each every 100 s
        LeasesPlan plan =
                LeasesPlan.of(100_000, Optional.empty(), provider(3_600, 3_600, 2_000), LIMIT, Duration.ofMinutes(3));

        assertThat(plan.isRun()).isTrue();
        assertThat(plan.ttl()).isEqualTo(Duration.ofMinutes(5));
        assertThat(plan.keep()).isEqualTo(Duration.ofMinutes(3));
        assertThat(plan.periods()).isEqualTo(1.8);
    }

    @Test
    void whatWouldNotBeRenewedWhileItIsKeptIsNotRun() {
        LeasesPlan plan = LeasesPlan.of(100_000, Optional.empty(), provider(3_600, 3_600, 2_000), LIMIT, KEEP);

        assertThat(plan.notRun()).isEqualTo("each lease is renewed every 100 s, and leases are kept for 60 s at most");
    }

    @Test
    void whereTheProviderTakesNoSuchTtlTheyAreNotRun() {
        LeasesPlan plan = LeasesPlan.of(100_000, Optional.empty(), provider(60, 24, 2_000), LIMIT, KEEP);

        assertThat(plan.notRun())
                .isEqualTo(
                        "100000 leases renewed every 8.0 s are 12500 renewals/s; the backend did 2000 acquisitions/s, of"
                                + " which renewals may take half: it could keep about 8000");
    }

    @Test
    void whereAcquiringTakesTooLongTheyAreNotRun() {
        LeasesPlan plan = LeasesPlan.of(100_000, Optional.empty(), provider(86_400, 86_400, 200), LIMIT, KEEP);

        assertThat(plan.ttl()).isEqualTo(Duration.ofMinutes(50));
        assertThat(plan.notRun())
                .isEqualTo(
                        "to acquire 100000 leases at 100/s beside their renewals takes about 1000 s, above the limit of 600 s");
    }

    @Test
    void aTtlThatWasAskedForIsTakenOrRefused() {
        LeasesPlan.Provider provider = provider(60, 60, 1_000);

        assertThat(LeasesPlan.of(1_000, Optional.of(Duration.ofSeconds(30)), provider, LIMIT, KEEP)
                        .ttl())
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(LeasesPlan.of(1_000, Optional.of(Duration.ofSeconds(3)), provider, LIMIT, KEEP)
                        .notRun())
                .startsWith("1000 leases renewed every 1.0 s are 1000 renewals/s");
        assertThat(LeasesPlan.of(10, Optional.of(Duration.ofSeconds(90)), provider, LIMIT, KEEP)
                        .notRun())
                .isEqualTo("the ttl of 90 s is above the 60 s that the provider takes");
    }
}
