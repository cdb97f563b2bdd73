package io.fencepost.scenarios.jobs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.scenarios.load.Subject;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real workers on real lock servers; one is killed. */
@Timeout(120)
class JobsIT {
    private static final int JOBS = 100;

    @Test
    void hundredJobsAreCompletedOnceThoughAWorkerIsKilled() throws Exception {
        Cluster cluster = Clusters.redis();
        String locks = Locks.uri(Subject.REDLOCK, cluster.addresses());
        List<Long> pids = new ArrayList<>();
        try (Rig rig = Rig.open(Optional.empty(), "unused")) {
            for (int i = 0; i < 2; i++) {
                pids.add(rig.startWorker(locks, List.of("--slots", "4", "--ttl", "2s", "--poll", "100ms"))
                        .pid());
            }
            rig.awaitReady();
            Map<JobId, Instant> dues = submit(rig.store());

            kill(rig);

            assertThat(rig.awaitFinal(List.copyOf(dues.keySet()), Duration.ofMinutes(1)))
                    .isEmpty();
            Books books = Books.read(rig.store(), dues);
            Verdict verdict = books.verdict();
            assertThat(verdict.holds()).as(verdict.toString()).isTrue();
            assertThat(verdict.acknowledged()).isEqualTo(JOBS);
            // what the killed worker ran
            assertThat(verdict.begunTwice()).isPositive();
            assertThat(books.jobsPerSecond()).isPositive();
        }
        assertThat(pids)
                .hasSize(2)
                .allSatisfy(pid -> assertThat(ProcessHandle.of(pid)).isEmpty());
    }

    private static Map<JobId, Instant> submit(JobStore store) {
        Instant now = Rig.now();
        Map<JobId, Instant> dues = new LinkedHashMap<>();
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            Job job = Rig.job("job-" + i, "sleep", "200".getBytes(US_ASCII), now, now);
            jobs.add(job);
            dues.put(job.id(), now);
        }
        store.submit(jobs);
        return dues;
    }

    /** Kills the first worker in the middle of its jobs. */
    private static void kill(Rig rig) throws InterruptedException {
        JobWorker victim = rig.workers().get(0);
        Awaitility.await("the first worker runs jobs")
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> runs(rig, victim) > 0);
        victim.kill();
        // a history that says so, and a process that cannot: its jobs are to be taken over
        assertThat(runs(rig, victim)).isPositive();
    }

    private static long runs(Rig rig, JobWorker worker) {
        return rig
                .store()
                .list(new JobStore.Filter(Optional.empty(), Optional.of(JobState.RUNNING)), Optional.empty(), JOBS)
                .stream()
                .filter(job -> job.worker().equals(Optional.of(worker.name())))
                .count();
    }
}
