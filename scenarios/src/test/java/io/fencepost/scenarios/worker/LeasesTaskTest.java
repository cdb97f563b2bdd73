package io.fencepost.scenarios.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class LeasesTaskTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void manyLeasesAreAcquiredRenewedAndReleased() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:many", new GrantLog(), 128)) {
            worker.send(new Command.KeepLeases(1, "many/", 200, 6_000, 8, 60_000, 0, 5_000));
            Event.LeasesAcquired acquired = worker.await(Event.LeasesAcquired.class, 1, LIMIT);
            Event.LeasesKept kept = worker.await(Event.LeasesKept.class, 1, LIMIT);
            Event.LeasesReleased released = worker.await(Event.LeasesReleased.class, 1, LIMIT);

            assertThat(acquired.acquired()).isEqualTo(200);
            assertThat(acquired.failed() + acquired.unasked()).isZero();
            // every two seconds, for five
            assertThat(kept.renewed()).isGreaterThanOrEqualTo(200);
            assertThat(kept.buckets()).hasSize(50);
            assertThat(kept.buckets().stream().mapToLong(Long::longValue).sum()).isGreaterThanOrEqualTo(200);
            assertThat(kept.lost()).isZero();
            assertThat(released.released()).isEqualTo(200);
            assertThat(released.notReleased()).isZero();
        }
    }

    @Test
    void whatIsNotAcquiredInTimeIsNotAskedFor() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:many", new GrantLog(), 128)) {
            worker.send(new Command.KeepLeases(1, "many/", 5_000_000, 60_000, 4, 50, 0, 0));
            Event.LeasesAcquired acquired = worker.await(Event.LeasesAcquired.class, 1, LIMIT);
            Event.LeasesReleased released = worker.await(Event.LeasesReleased.class, 1, LIMIT);

            assertThat(acquired.unasked()).isPositive();
            assertThat(acquired.acquired() + acquired.failed() + acquired.unasked())
                    .isEqualTo(5_000_000);
            assertThat(released.released()).isEqualTo(acquired.acquired());
        }
    }
}
