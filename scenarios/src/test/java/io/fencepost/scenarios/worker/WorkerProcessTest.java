package io.fencepost.scenarios.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fencepost.scenarios.check.GrantRecord;
import io.fencepost.scenarios.check.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real worker processes, on locks in their own memory. */
@Timeout(180)
class WorkerProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final GrantLog log = new GrantLog();

    @Test
    void aWorkerLoopsAndReportsEveryGrant() throws Exception {
        log.begin("loop");
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:", log)) {
            assertThat(worker.clockWindow()).isBetween(Duration.ofNanos(1), Duration.ofSeconds(10));
            long start = System.nanoTime();
            long stop = start + Duration.ofHours(1).toNanos();
            worker.send(new Command.Loop(1, List.of("a", "b"), 4, 5_000, 1_000, start, stop, 42));
            await().atMost(LIMIT).until(() -> distinct(GrantRecord::thread) == 4 && distinct(GrantRecord::lock) == 2);
            worker.send(new Command.Stop(1));

            Event.LoopEnded end = worker.await(Event.LoopEnded.class, 1, LIMIT);

            assertThat(end.failures()).isZero();
            assertThat(end.grantsByThread()).hasSize(4).allMatch(count -> count > 0);
            List<GrantRecord> grants = log.grants();
            assertThat(grants)
                    .hasSize((int) end.grantsByThread().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .allMatch(grant -> grant.releasedNanos() != GrantRecord.NEVER)
                    .allMatch(grant -> grant.calledNanos() >= start && grant.calledNanos() <= grant.attemptNanos())
                    .allMatch(grant -> grant.attemptNanos() <= grant.grantedNanos());
            assertThat(Verdict.of(grants).isClean()).isTrue();
        }
    }

    private long distinct(Function<GrantRecord, Object> part) {
        return log.grants().stream().map(part).distinct().count();
    }

    @Test
    void aLoopCanBeStopped() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:", log)) {
            long start = System.nanoTime();
            worker.send(new Command.Loop(
                    1,
                    List.of("a"),
                    2,
                    5_000,
                    1_000,
                    start,
                    start + Duration.ofHours(1).toNanos(),
                    42));
            worker.send(new Command.Stop(1));

            assertThat(worker.await(Event.LoopEnded.class, 1, LIMIT).failures()).isZero();
        }
    }

    @Test
    void aWorkerHoldsRenewedAndLetsGo() throws Exception {
        log.begin("hold");
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:", log)) {
            worker.send(new Command.Hold(1, "a", 300, 1_000));
            worker.await(Event.Waiting.class, 1, LIMIT);
            long granted = worker.await(Event.Holding.class, 1, LIMIT).grantedNanos();
            worker.send(new Command.Hold(2, "a", 300, 60_000));
            worker.await(Event.Waiting.class, 2, LIMIT);
            long firstEnd = log.grants().get(0).validUntilNanos();
            Thread.sleep(600);
            worker.send(new Command.LetGo(1));
            long released = worker.await(Event.LetGone.class, 1, LIMIT).releasedNanos();
            long next = worker.await(Event.Holding.class, 2, LIMIT).grantedNanos();

            assertThat(released).isGreaterThan(granted);
            assertThat(next).isGreaterThanOrEqualTo(released);
            assertThat(log.grants()).anySatisfy(grant -> {
                assertThat(grant.releasedNanos()).isEqualTo(released);
                assertThat(grant.validUntilNanos()).isGreaterThan(firstEnd);
            });
        }
    }

    @Test
    void aHoldThatDoesNotGetItsLockSaysSo() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:", log)) {
            worker.send(new Command.Hold(1, "a", 5_000, 1_000));
            worker.await(Event.Holding.class, 1, LIMIT);
            worker.send(new Command.Hold(2, "a", 5_000, 50));

            assertThatThrownBy(() -> worker.await(Event.Holding.class, 2, LIMIT))
                    .isInstanceOf(WorkerException.class)
                    .hasMessage("worker w1 failed: 'a' was not to be had within 50 ms");
        }
    }

    @Test
    void aKilledWorkerLeavesItsGrantsAndIsMissed() throws Exception {
        log.begin("kill");
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:", log)) {
            worker.send(new Command.Hold(1, "a", 5_000, 1_000));
            worker.await(Event.Holding.class, 1, LIMIT);
            worker.kill();

            assertThat(worker.isAlive()).isFalse();
            assertThat(log.grants())
                    .singleElement()
                    .satisfies(grant -> assertThat(grant.releasedNanos()).isEqualTo(GrantRecord.NEVER));
            assertThatThrownBy(() -> worker.await(Event.LetGone.class, 1, LIMIT))
                    .isInstanceOf(WorkerException.class)
                    .hasMessageStartingWith("worker w1 ended with exit code 137 when it should say LetGone of task 1");
        }
    }

    @Test
    void aWorkerThatDoesNotComeUpShowsItsStderr() {
        assertThatThrownBy(() -> WorkerProcess.start("w1", "unheardof:", log))
                .isInstanceOf(WorkerException.class)
                .hasMessageStartingWith("worker w1 ended with exit code 1 when it should say Ready")
                .hasMessageContaining("unheardof")
                .hasMessageContaining("IllegalArgumentException");
    }

    @Test
    void aWorkerThatSaysNothingIsNotWaitedForForEver() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:", log)) {
            assertThatThrownBy(() -> worker.await(Event.Holding.class, 7, Duration.ofMillis(50)))
                    .isInstanceOf(WorkerException.class)
                    .hasMessage("worker w1 did not say Holding of task 7 within 50 ms; it printed nothing on stderr");
        }
    }

    @Test
    void aWorkerEndsWithItsInputEvenInTheMiddleOfWork() throws Exception {
        WorkerProcess worker = WorkerProcess.start("w1", "memory:", log);
        long start = System.nanoTime();
        worker.send(new Command.Loop(
                1,
                List.of("a"),
                2,
                5_000,
                1_000,
                start,
                start + Duration.ofHours(1).toNanos(),
                42));
        worker.send(new Command.Hold(2, "b", 5_000, 1_000));
        worker.await(Event.Holding.class, 2, LIMIT);
        worker.close();

        assertThat(worker.isAlive()).isFalse();
    }

    @Test
    void thePoolReplacesTheDead() throws Exception {
        try (WorkerPool pool = new WorkerPool("memory:", log)) {
            List<WorkerProcess> first = pool.workers(2);
            first.get(0).kill();
            List<WorkerProcess> second = pool.workers(2);

            assertThat(second.get(0)).isNotSameAs(first.get(0));
            assertThat(second.get(0).isAlive()).isTrue();
            assertThat(second.get(1)).isSameAs(first.get(1));
            assertThat(second).extracting(WorkerProcess::name).containsExactly("w3", "w2");

            pool.discard();
            assertThat(second).noneMatch(WorkerProcess::isAlive);
        }
    }
}
