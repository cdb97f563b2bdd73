package io.fencepost.scheduler.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.StoreException;
import io.fencepost.scheduler.worker.WorkerObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerMetricsTest {
    private static final Duration SOON = Duration.ofMillis(20);

    private final SchedulerMetrics metrics = new SchedulerMetrics();
    private final WorkerObserver worker = metrics.workerObserver();
    private final Job job = Samples.begun(Samples.submitted("j1"), 1, 1, 7);

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void whatIsCountedByCauseOrKindIsThereBeforeItHappens() {
        metrics.lockObserver("redlock");
        assertThat(metrics.scrape())
                .contains("fencepost_lost_total{cause=\"expired\",provider=\"redlock\"} 0.0")
                .contains("fencepost_renewal_seconds_count{outcome=\"lost\",provider=\"redlock\"} 0")
                .contains("fencepost_scheduler_refused_total{why=\"stale\"} 0.0")
                .contains("fencepost_scheduler_aborted_total{cause=\"lease_lost\"} 0.0")
                .contains("fencepost_scheduler_run_seconds_count{kind=\"died\"} 0");
    }

    @Test
    void aLockClientIsMetered() throws InterruptedException {
        try (LockClient client = LockClients.builder("memory:scheduler-metrics")
                .observer(metrics.lockObserver("memory"))
                .open()) {
            try (Lease lease =
                    client.lock("a", LockOptions.ttl(Duration.ofMinutes(1))).acquire()) {
                assertThat(lease.token().value()).isPositive();
            }
        }
        assertThat(metrics.scrape())
                .contains("fencepost_wait_seconds_count{outcome=\"acquired\",provider=\"memory\"} 1")
                .contains("fencepost_hold_seconds_count{end=\"released\",provider=\"memory\"} 1")
                .contains("fencepost_attempt_seconds_bucket{outcome=\"acquired\",provider=\"memory\",le=\"+Inf\"} 1");
    }

    @Test
    void clientsOfOneProviderShareTheirMeters() {
        assertThat(metrics.lockObserver("redlock")).isSameAs(metrics.lockObserver("redlock"));
        metrics.lockObserver("redlock").queueChanged("a", 1);
        metrics.lockObserver("redlock").queueChanged("b", 1);
        assertThat(metrics.scrape()).contains("fencepost_queue{provider=\"redlock\"} 2.0");
    }

    @Test
    void aRunIsCountedByHowItEndedAndFallsIntoItsBuckets() {
        worker.ended(job, JobEvent.Kind.SUCCEEDED, Duration.ofMillis(30));
        worker.ended(job, JobEvent.Kind.SUCCEEDED, Duration.ofMillis(300));
        assertThat(metrics.scrape())
                .contains("fencepost_scheduler_run_seconds_bucket{kind=\"succeeded\",le=\"0.025\"} 0")
                .contains("fencepost_scheduler_run_seconds_bucket{kind=\"succeeded\",le=\"0.05\"} 1")
                .contains("fencepost_scheduler_run_seconds_bucket{kind=\"succeeded\",le=\"0.5\"} 2")
                .contains("fencepost_scheduler_run_seconds_bucket{kind=\"succeeded\",le=\"3600.0\"} 2")
                .contains("fencepost_scheduler_run_seconds_count{kind=\"succeeded\"} 2");
    }

    @Test
    void aTryAfterTheFirstIsCountedApartAndALagIsNeverNegative() {
        worker.began(job, Duration.ofMillis(-3));
        worker.began(Samples.begun(job, 1, 2, 8), Duration.ofMillis(40));
        assertThat(metrics.scrape())
                .contains("fencepost_scheduler_begun_total{try=\"first\"} 1.0")
                .contains("fencepost_scheduler_begun_total{try=\"again\"} 1.0")
                .contains("fencepost_scheduler_dispatch_lag_seconds_bucket{le=\"0.001\"} 1")
                .contains("fencepost_scheduler_dispatch_lag_seconds_count 2");
    }

    @Test
    void causesThatNobodyKnowsDoNotBecomeTags() {
        worker.aborted(job, "lease suspect");
        worker.aborted(job, "taken over");
        worker.aborted(job, "j1 said so");
        assertThat(metrics.scrape())
                .contains("fencepost_scheduler_aborted_total{cause=\"lease_suspect\"} 1.0")
                .contains("fencepost_scheduler_aborted_total{cause=\"taken_over\"} 1.0")
                .contains("fencepost_scheduler_aborted_total{cause=\"other\"} 1.0")
                .doesNotContain("j1");
    }

    @Test
    void refusedWritesAreCountedByTheStoresAnswer() {
        FencingToken token = new FencingToken(7);
        worker.refused(job, token, new Change.Stale(new FencingToken(8)));
        worker.refused(job, token, new Change.Stale(new FencingToken(9)));
        worker.refused(job, token, new Change.NotPossible(job));
        worker.refused(job, token, new Change.Unknown());
        assertThat(metrics.scrape())
                .contains("fencepost_scheduler_refused_total{why=\"stale\"} 2.0")
                .contains("fencepost_scheduler_refused_total{why=\"state\"} 1.0")
                .contains("fencepost_scheduler_refused_total{why=\"unknown\"} 1.0");
    }

    @Test
    void leadingIsTheirsOnlyWhereThereAreLeaders() {
        assertThat(metrics.scrape()).doesNotContain("fencepost_scheduler_leading");
        worker.leading(false, Optional.empty());
        assertThat(metrics.scrape())
                .contains("fencepost_scheduler_leading 0.0")
                .contains("fencepost_scheduler_elected_total 0.0");
        worker.leading(true, Optional.of(new FencingToken(3)));
        worker.leading(true, Optional.of(new FencingToken(3)));
        assertThat(metrics.scrape())
                .contains("fencepost_scheduler_leading 1.0")
                .contains("fencepost_scheduler_elected_total 1.0");
        worker.leading(false, Optional.empty());
        assertThat(metrics.scrape()).contains("fencepost_scheduler_leading 0.0");
    }

    @Test
    void aWatchedStoreTellsJobsWorkersAndWaiting() {
        metrics.watch(Samples.tellingStore(), SOON);
        await().untilAsserted(() -> assertThat(metrics.scrape())
                .contains("fencepost_scheduler_store_up 1.0")
                .contains("fencepost_scheduler_jobs{state=\"running\"} 2.0")
                .contains("fencepost_scheduler_jobs{state=\"dead\"} 1.0")
                .contains("fencepost_scheduler_jobs{state=\"scheduled\"} 0.0")
                .contains("fencepost_scheduler_workers 1.0")
                .containsPattern("fencepost_scheduler_waiting_seconds (59|6[0-9])\\."));
    }

    @Test
    void aStoreThatFailsIsDownAndItsNumbersAreNotTold() {
        AtomicBoolean works = new AtomicBoolean(true);
        JobStore store = Samples.store(Map.of(
                "counts",
                arguments ->
                        works.get() ? Map.of(JobState.RUNNING, 2L) : new StoreException("away", new Exception("away")),
                "workers",
                arguments -> List.of(),
                "due",
                arguments -> List.of()));
        metrics.watch(store, SOON);
        await().untilAsserted(() -> assertThat(metrics.scrape())
                .contains("fencepost_scheduler_store_up 1.0")
                .contains("fencepost_scheduler_waiting_seconds 0.0"));
        works.set(false);
        await().untilAsserted(() -> assertThat(metrics.scrape())
                .contains("fencepost_scheduler_store_up 0.0")
                .contains("fencepost_scheduler_jobs{state=\"running\"} NaN"));
        works.set(true);
        await().untilAsserted(() -> assertThat(metrics.scrape()).contains("fencepost_scheduler_store_up 1.0"));
    }

    @Test
    void aStoreThatHangsIsDownAndHoldsUpNothing() {
        AtomicReference<Thread> hanging = new AtomicReference<>();
        AtomicBoolean hangs = new AtomicBoolean();
        JobStore store = Samples.store(Map.of(
                "counts",
                arguments -> {
                    while (hangs.get()) {
                        hanging.set(Thread.currentThread());
                        Thread.onSpinWait();
                    }
                    return Map.of();
                },
                "workers",
                arguments -> List.of(),
                "due",
                arguments -> List.of()));
        try {
            metrics.watch(store, SOON);
            await().untilAsserted(() -> assertThat(metrics.scrape()).contains("fencepost_scheduler_store_up 1.0"));
            hangs.set(true);
            await().until(() -> hanging.get() != null);
            await().untilAsserted(() -> assertThat(metrics.scrape()).contains("fencepost_scheduler_store_up 0.0"));
        } finally {
            hangs.set(false);
        }
    }

    @Test
    void nobodyIsAskedOnceItIsClosed() {
        metrics.watch(Samples.tellingStore(), SOON);
        await().untilAsserted(() -> assertThat(metrics.scrape()).contains("fencepost_scheduler_store_up 1.0"));
        metrics.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("fencepost-store-probe") && thread.isAlive());
    }

    @Test
    void callsOfATimedStoreAreCountedAndItsFailuresToo() {
        StoreException away = new StoreException("away", new Exception("away"));
        JobStore store =
                metrics.timed(Samples.store(Map.of("counts", arguments -> Map.of(), "weights", arguments -> away)));
        assertThat(metrics.scrape()).contains("fencepost_scheduler_store_failures_total{operation=\"weights\"} 0.0");

        assertThat(store.counts()).isEmpty();
        assertThatThrownBy(store::weights).isSameAs(away);

        assertThat(metrics.scrape())
                .contains("fencepost_scheduler_store_call_seconds_count{operation=\"counts\"} 1")
                .contains("fencepost_scheduler_store_call_seconds_count{operation=\"weights\"} 1")
                .contains("fencepost_scheduler_store_failures_total{operation=\"counts\"} 0.0")
                .contains("fencepost_scheduler_store_failures_total{operation=\"weights\"} 1.0");
    }

    @Test
    void aWorkersSlotsAreShown() {
        metrics.watch(() -> Samples.report("w1", 8, 3, true));
        assertThat(metrics.scrape())
                .contains("fencepost_scheduler_worker_slots 8.0")
                .contains("fencepost_scheduler_worker_running 3.0")
                .contains("fencepost_scheduler_worker_draining 1.0");
    }

    @Test
    void noTagIsAJob() {
        try (SchedulerMetrics all = Samples.everyMeter()) {
            assertThat(all.scrape()).doesNotContain("\"j\"").doesNotContain("\"a\"");
        }
    }
}
