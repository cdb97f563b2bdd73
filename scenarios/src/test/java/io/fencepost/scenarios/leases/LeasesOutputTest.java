package io.fencepost.scenarios.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fencepost.scenarios.worker.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasesOutputTest {
    private static final Duration BUCKET = Duration.ofMillis(100);
    private static final LeasesPlan PLAN =
            new LeasesPlan(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(10), "");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void evenRenewalsHaveNoPeak() {
        assertThat(Spread.peakOverMean(Collections.nCopies(50, 4L), BUCKET, Duration.ofSeconds(1)))
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void allAtOnceIsAPeakOfAllBucketsOfAPeriod() {
        assertThat(Spread.peakOverMean(List.of(0L, 0L, 100L, 0L, 0L), BUCKET, Duration.ofMillis(500)))
                .isCloseTo(5, within(1e-9));
    }

    @Test
    void aPeriodThatIsNotCompleteIsLeftOut() {
        assertThat(Spread.peakOverMean(List.of(70L, 2L, 2L), BUCKET, Duration.ofMillis(200)))
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void nothingIsNoPeak() {
        assertThat(Spread.peakOverMean(List.of(0L, 0L), BUCKET, Duration.ofSeconds(1)))
                .isZero();
    }

    private static LeasesRow row(int acquired, long lost) {
        return new LeasesRow(
                "zookeeper",
                1_000,
                PLAN,
                Optional.of(new LeasesRow.Seen(
                        new Event.LeasesAcquired(1, acquired, 1_000 - acquired, 0, "", 2_000_000_000L, 0, 900_000),
                        new Event.LeasesKept(
                                1,
                                10_000_000_000L,
                                2_000,
                                0,
                                lost,
                                1_500_000,
                                4_000_000,
                                9_000_000,
                                3_000_000_000L,
                                100,
                                Collections.nCopies(100, 20L)),
                        new Event.LeasesReleased(1, acquired, 0, 500_000_000L, lost),
                        Optional.of(Duration.ofSeconds(6)))),
                "");
    }

    @Test
    void oneRowForEachNumberOfLeases() throws IOException {
        Path path = folder.resolve("leases.csv");
        LeasesFile file = new LeasesFile(path, "many");
        file.append(row(1_000, 0));
        file.append(new LeasesRow(
                "cassandra",
                100_000,
                new LeasesPlan(PLAN.ttl(), PLAN.interval(), PLAN.keep(), "too many"),
                Optional.empty(),
                "too many"));

        assertThat(path).hasContent("""
                        run,provider,leases,ttl_s,renewal_interval_s,status,acquired,acquire_per_s,renewals_planned_per_s,renewals_per_s,renewal_p50_ms,renewal_p99_ms,renewal_max_ms,renewals_failed,lost,peak_over_mean,client_cpu_s_per_1000,server_cpu_s_per_1000,heap_bytes_per_lease,release_per_s,not_released,seconds,periods,reason
                        many,zookeeper,1000,15.000,5.000,OK,1000,500.000,200.000,200.000,1.500,4.000,9.000,0,0,1.000,1.500,3.000,,2000.000,0,10.000,2.000,
                        many,cassandra,100000,15.000,5.000,NOT RUN,,,,,,,,,,,,,,,,,,too many
                        """);
    }

    @Test
    void aLostLeaseOrOneThatWasNotToBeHadIsTold() {
        assertThat(row(1_000, 0).status()).isEqualTo("OK");
        assertThat(row(1_000, 1).status()).isEqualTo("INCOMPLETE");
        assertThat(row(999, 0).status()).isEqualTo("INCOMPLETE");
        assertThat(row(1_000, 1).inALine()).contains("INCOMPLETE", "200 of 200 renewals/s", "1 lost");
    }
}
