package io.fencepost.scenarios.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scenarios.check.Verdict;
import io.fencepost.scenarios.worker.Arrivals;
import io.fencepost.scenarios.worker.GrantLog;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real worker process, on locks in its own memory. */
@Timeout(180)
class LoadStepTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final GrantLog log = new GrantLog();

    private static LoadOptions options(int threads, Duration hold) {
        return new LoadOptions(
                List.of(Subject.MEMORY),
                List.of(Contention.HIGH),
                false,
                OptionalDouble.of(100),
                1.5,
                10,
                Duration.ofSeconds(1),
                Duration.ZERO,
                1,
                threads,
                hold,
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofMillis(500),
                Arrivals.CONSTANT,
                1);
    }

    private StepResult run(LoadOptions options) throws Exception {
        log.begin("load");
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:step", log)) {
            return LoadStep.run(
                    List.of(worker),
                    options,
                    Subject.MEMORY,
                    Contention.HIGH,
                    100,
                    options.length(),
                    folder.resolve("hlog"),
                    "step");
        }
    }

    @Test
    void whatWaitsForAThreadShowsInTheLatencyAndNotInTheServiceTime() throws Exception {
        // one thread, busy for 20 ms an operation, does half of what is planned at best
        StepResult step = run(options(1, Duration.ofMillis(20)));

        assertThat(step.planned()).isEqualTo(100);
        assertThat(step.granted() + step.failed()).isEqualTo(100);
        // the first that begins after the end is planned in its second half at the latest, and waits for as long
        assertThat(step.max()).isGreaterThan(400);
        assertThat(step.p50()).isGreaterThan(2 * step.serviceP50());
        assertThat(step.lateStarts()).isGreaterThan(50);
        assertThat(step.backlog()).isGreaterThanOrEqualTo(50);
        assertThat(new Saturation(0.95, 500).reason(step)).isNotEmpty();
        assertThat(log.grants()).hasSize((int) step.granted());
        assertThat(Verdict.of(log.grants()).isClean()).isTrue();
        assertThat(folder.resolve("hlog/step-w1.hlog")).isNotEmptyFile();
    }

    @Test
    void whatWaitsInVainIsCountedAndTimedApart() throws Exception {
        LoadOptions patient = options(8, Duration.ofMillis(400));
        LoadOptions options = new LoadOptions(
                patient.subjects(),
                patient.levels(),
                false,
                patient.rate(),
                1.5,
                10,
                patient.length(),
                Duration.ZERO,
                1,
                patient.threads(),
                patient.hold(),
                Duration.ofMillis(50),
                patient.ttl(),
                patient.p99Bound(),
                Arrivals.CONSTANT,
                1);

        StepResult step = run(options);

        assertThat(step.contended()).isPositive();
        assertThat(step.granted() + step.failed()).isEqualTo(step.planned());
        assertThat(step.failedMax()).isGreaterThanOrEqualTo(45);
    }
}
