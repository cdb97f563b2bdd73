package io.fencepost.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AssignmentsTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Duration TTL = Duration.ofSeconds(10);

    private final Assignments assignments = new Assignments();
    private long now = 1_000_000_000_000L;

    private static WorkerReport worker(String name, int slots, int running) {
        return new WorkerReport(name, NOON, NOON, slots, running, false);
    }

    private static DueJob job(int number, JobState state) {
        return new DueJob(new JobId("job-" + number), "tenant", 5, state, NOON.plusMillis(number));
    }

    private static List<DueJob> jobs(int count) {
        List<DueJob> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(job(i, JobState.SCHEDULED));
        }
        return jobs;
    }

    private Map<JobId, String> look(List<WorkerReport> workers, List<DueJob> due) {
        return look(workers, due, Optional.empty());
    }

    private Map<JobId, String> look(List<WorkerReport> workers, List<DueJob> due, Optional<Duration> held) {
        assignments.workers(workers);
        assignments.due(
                due,
                job -> CompletableFuture.completedFuture(job.state() == JobState.RUNNING ? held : Optional.empty()),
                TTL,
                now);
        return assignments.give(Map.of(), now);
    }

    private static Map<String, Long> counts(Map<JobId, String> given) {
        return given.values().stream().collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    }

    @Test
    void givesInTheOrderOfBeginsToThoseWithMostPlaces() {
        Map<JobId, String> given = look(List.of(worker("a", 4, 4), worker("b", 4, 0)), jobs(6));

        assertThat(given.keySet())
                .containsExactlyElementsOf(jobs(6).stream().map(DueJob::id).toList());
        assertThat(counts(given)).isEqualTo(Map.of("a", 1L, "b", 5L));
    }

    /** Rows that expired, or that a worker did not see: every slot looks taken by what nobody will begin. */
    @Test
    void giftsThatWereLostAreGivenAgain() {
        List<WorkerReport> workers = List.of(worker("a", 1, 0));
        List<DueJob> due = jobs(2);
        assertThat(look(workers, due)).hasSize(2);

        now += Duration.ofSeconds(2).toNanos();

        assertThat(look(workers, due)).hasSize(2);
    }

    /** Begun, failed and due again between two looks of the leader. */
    @Test
    void whatIsDueAgainIsGivenAgainAtOnce() {
        List<WorkerReport> workers = List.of(worker("a", 1, 0));
        DueJob first = job(1, JobState.SCHEDULED);
        assertThat(look(workers, List.of(first))).hasSize(1);
        DueJob again =
                new DueJob(first.id(), first.tenant(), first.priority(), JobState.SCHEDULED, NOON.plusSeconds(1));

        assertThat(look(workers, List.of(again))).containsOnlyKeys(first.id());
    }

    @Test
    void nobodyIsGivenMoreThanItsSlotsAndAsManyMore() {
        List<WorkerReport> workers = List.of(worker("a", 2, 0), worker("b", 3, 3));

        assertThat(counts(look(workers, jobs(100)))).isEqualTo(Map.of("a", 4L, "b", 3L));
        assertThat(look(workers, jobs(100))).as("nothing was begun since").isEmpty();
        assertThat(assignments.anyWaiting()).isTrue();
    }

    @Test
    void whatWasBegunMakesRoom() {
        List<WorkerReport> workers = List.of(worker("a", 2, 0));
        assertThat(look(workers, jobs(10))).hasSize(4);

        // the first three are not due any more
        assertThat(look(workers, jobs(10).subList(3, 10)).keySet())
                .containsExactly(new JobId("job-4"), new JobId("job-5"), new JobId("job-6"));
    }

    @Test
    void whatADeadOrDrainingWorkerWasGivenIsGivenAgain() {
        List<DueJob> due = jobs(2);
        assertThat(counts(look(List.of(worker("a", 2, 0)), due))).isEqualTo(Map.of("a", 2L));

        assertThat(counts(look(List.of(worker("b", 2, 0)), due))).isEqualTo(Map.of("b", 2L));
        WorkerReport draining = new WorkerReport("b", NOON, NOON, 2, 0, true);
        assertThat(counts(look(List.of(draining, worker("c", 2, 0)), due))).isEqualTo(Map.of("c", 2L));
    }

    @Test
    void whatABusyWorkerDoesNotBeginGoesToAFreeOne() {
        List<DueJob> due = jobs(2);
        assertThat(counts(look(List.of(worker("a", 2, 2)), due))).isEqualTo(Map.of("a", 2L));

        now += Duration.ofSeconds(5).toNanos();
        assertThat(look(List.of(worker("a", 2, 2)), due)).as("nobody is free").isEmpty();
        assertThat(counts(look(List.of(worker("a", 2, 2), worker("b", 2, 0)), due)))
                .isEqualTo(Map.of("b", 2L));
    }

    @Test
    void aWorkerThatBeginsNothingThoughItCouldIsGivenNothingForAWhile() {
        List<WorkerReport> workers = List.of(worker("a", 2, 0), worker("b", 2, 0));
        List<DueJob> due = jobs(2);
        assertThat(counts(look(workers, due))).isEqualTo(Map.of("a", 1L, "b", 1L));
        DueJob left = due.get(0);

        now += Duration.ofSeconds(2).toNanos();
        assertThat(look(workers, List.of(left))).isEqualTo(Map.of(left.id(), "b"));
        now += Duration.ofSeconds(6).toNanos();
        assertThat(counts(look(workers, jobs(9).subList(1, 9))))
                .as("both are tried again")
                .containsKeys("a", "b");
    }

    @Test
    void aWorkerThatBeginsNothingIsGivenAllIfThereIsNoOther() {
        List<WorkerReport> workers = List.of(worker("a", 4, 0));
        assertThat(look(workers, jobs(2))).hasSize(2);
        now += Duration.ofSeconds(2).toNanos();
        assertThat(look(workers, jobs(2))).hasSize(2);
    }

    @Test
    void aRunningJobIsGivenOnlyWhenItsLockIsFree() {
        List<WorkerReport> workers = List.of(worker("a", 2, 0));
        List<DueJob> silent = List.of(job(1, JobState.RUNNING));

        assertThat(look(workers, silent, Optional.of(Duration.ofSeconds(4)))).isEmpty();
        assertThat(assignments.anyWaiting()).isFalse();
        now += Duration.ofSeconds(3).toNanos();
        assertThat(look(workers, silent, Optional.empty()))
                .as("it is not looked at before its lease can be over")
                .isEmpty();
        now += Duration.ofSeconds(2).toNanos();
        assertThat(look(workers, silent, Optional.empty())).containsOnlyKeys(new JobId("job-1"));
    }

    @Test
    void withoutWorkersNothingIsGiven() {
        assertThat(look(List.of(), jobs(3))).isEmpty();
        assertThat(assignments.anyWaiting()).isTrue();
    }

    @Test
    void whatCouldNotBeAssignedWaits() {
        List<WorkerReport> workers = List.of(worker("a", 2, 0));
        Map<JobId, String> given = look(workers, jobs(2));
        assignments.takeBack(given.keySet());
        assertThat(look(workers, jobs(2))).hasSize(2);
        assignments.forget();
        assertThat(look(workers, jobs(2))).hasSize(2);
    }
}
