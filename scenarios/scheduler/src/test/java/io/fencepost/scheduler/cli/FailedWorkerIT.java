package io.fencepost.scheduler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose poller has stopped, as a process of its own. */
@Timeout(90)
class FailedWorkerIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Process worker(String store, Path output) throws IOException {
        // Surefire and Failsafe put the class path into a JAR
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        classPath,
                        "io.fencepost.scheduler.cli.SchedulerMain",
                        "worker",
                        "--store",
                        store,
                        "--locks",
                        "memory:",
                        "--poll",
                        "50ms",
                        "--metrics-port",
                        "0")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    @Test
    void itEndsWithAnExitCodeThatSaysSo() throws Exception {
        String store = "sqlite:" + folder.resolve("jobs.db");
        Path output = folder.resolve("output");
        try (JobStore jobs = JobStores.open(store)) {
            JobSpec spec = JobSpec.of(
                    new JobId("sabotage"),
                    new Work.HandlerCall("sabotage"),
                    "".getBytes(UTF_8),
                    new Schedule.After(Duration.ZERO));
            jobs.submit(List.of(Job.submitted(spec, Instant.now(), Instant.now())));
            Process worker = worker(store, output);
            try {
                assertThat(worker.waitFor(60, TimeUnit.SECONDS)).isTrue();
            } finally {
                worker.destroyForcibly();
            }

            assertThat(worker.exitValue()).isEqualTo(1);
            assertThat(output).content().contains("failed: java.lang.InterruptedException", "drains", "stopped");
            assertThat(jobs.find(spec.id()).map(Job::state)).contains(JobState.SUCCEEDED);
            assertThat(jobs.workers(Instant.now())).isEmpty();
        }
    }
}
