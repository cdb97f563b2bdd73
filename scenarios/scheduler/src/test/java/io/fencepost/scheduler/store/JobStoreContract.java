package io.fencepost.scheduler.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobEvent.Kind;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.MisfirePolicy;
import io.fencepost.scheduler.job.RetryPolicy;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.JobStore.Filter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link JobStore} promises. Each test has tenants and jobs of its own, so that stores may be shared by all of them. */
public abstract class JobStoreContract {
    private static final String WORKER = "worker-1";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Now, and what lies around it. */
    protected final Instant now = Micros.kept(Instant.now());

    private final String tenant = "t-" + UUID.randomUUID();

    /** A store that is open; the subclass closes it. */
    protected abstract JobStore store();

    /** Another one on the same data, as another process would have it. */
    protected abstract JobStore another();

    private static FencingToken token(long value) {
        return new FencingToken(value);
    }

    private JobSpec spec(int priority, byte[] payload) {
        JobSpec base = JobSpec.of(
                JobId.random(),
                new Work.HandlerCall("noop"),
                payload,
                new Schedule.At(Instant.parse("2026-01-01T00:00:00Z")));
        return new JobSpec(
                base.id(),
                tenant,
                priority,
                base.work(),
                payload,
                base.schedule(),
                base.retries(),
                Optional.empty(),
                MisfirePolicy.RUN_ONCE);
    }

    private Job due(int priority, Instant due) {
        return Job.submitted(spec(priority, new byte[] {1, 2, 3}), due, now);
    }

    private Job submitted() {
        return submitted(due(5, now));
    }

    private Job submitted(Job job) {
        assertThat(store().submit(List.of(job))).isEmpty();
        return job;
    }

    private static Job accepted(Change change) {
        assertThat(change).isInstanceOf(Change.Accepted.class);
        return ((Change.Accepted) change).job();
    }

    private static Job withoutPayload(Job job) {
        return withPayload(job, new byte[0]);
    }

    private static Job withPayload(Job job, byte[] payload) {
        JobSpec spec = job.spec();
        return new Job(
                new JobSpec(
                        spec.id(),
                        spec.tenant(),
                        spec.priority(),
                        spec.work(),
                        payload,
                        spec.schedule(),
                        spec.retries(),
                        spec.deadline(),
                        spec.misfire()),
                job.state(),
                job.due(),
                job.next(),
                job.run(),
                job.attempt(),
                job.fence(),
                job.worker(),
                job.began(),
                job.error(),
                job.submitted(),
                job.changed(),
                job.events());
    }

    private List<Kind> kinds(JobId id) {
        List<JobEvent> history = store().history(id);
        assertThat(history)
                .extracting(JobEvent::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, history.size())
                        .mapToObj(n -> (long) n)
                        .toList());
        store().find(id).ifPresent(job -> assertThat(job.events()).isEqualTo(history.size()));
        return history.stream().map(JobEvent::kind).toList();
    }

    private List<DueJob> dueOfTenant(Instant at, Instant silentSince, int perTenant) {
        return store().due(at, silentSince, perTenant).stream()
                .filter(job -> job.tenant().equals(tenant))
                .toList();
    }

    private List<JobId> dueIds(Instant at, int perTenant) {
        return dueOfTenant(at, Instant.EPOCH, perTenant).stream()
                .map(DueJob::id)
                .toList();
    }

    @Test
    void aJobComesBackAsItWasSubmittedWhateverItIs() {
        List<Work> works = List.of(
                new Work.HttpCall(
                        URI.create("https://example.org/a?b=c"), "PUT", Map.of("X-One", "1", "X-Two", "é\n\"")),
                new Work.Command(List.of("/bin/echo", "a b", "")),
                new Work.HandlerCall("noop"));
        List<Schedule> schedules = List.of(
                new Schedule.At(Instant.parse("2026-01-02T03:04:05.678901234Z")),
                new Schedule.After(Duration.ofMillis(1500)),
                new Schedule.FixedRate(Instant.EPOCH, Duration.ofSeconds(7)),
                new Schedule.Cron("*/5 2 * * 1-5", ZoneId.of("Europe/Berlin")));
        List<MisfirePolicy> policies = List.of(MisfirePolicy.values());
        List<Job> jobs = new ArrayList<>();
        for (Work work : works) {
            for (Schedule schedule : schedules) {
                JobSpec spec = new JobSpec(
                        JobId.random(),
                        tenant,
                        jobs.size() % 10,
                        work,
                        ("payload " + jobs.size()).getBytes(UTF_8),
                        schedule,
                        new RetryPolicy(7, Duration.ofMillis(3), Duration.ofHours(2)),
                        jobs.size() % 2 == 0 ? Optional.empty() : Optional.of(Duration.ofMinutes(3)),
                        policies.get(jobs.size() % 3));
                jobs.add(Job.submitted(spec, now.plusSeconds(60), now));
            }
        }
        assertThat(store().submit(jobs)).isEmpty();
        for (Job job : jobs) {
            assertThat(store().find(job.id())).contains(job);
            assertThat(store().history(job.id())).containsExactly(Steps.submitted(job));
        }
        assertThat(another().find(jobs.get(0).id())).contains(jobs.get(0));
    }

    @Test
    void whoIsNotKnownIsNotFound() {
        JobId nobody = JobId.random();
        assertThat(store().find(nobody)).isEmpty();
        assertThat(store().history(nobody)).isEmpty();
        assertThat(store().begin(nobody, token(1), WORKER, now)).isEqualTo(new Change.Unknown());
        assertThat(store().end(nobody, token(1), WORKER, new Ending.GivenBack(""), now))
                .isEqualTo(new Change.Unknown());
        assertThat(store().cancel(nobody, "", now)).isEqualTo(new Change.Unknown());
        assertThat(store().retry(nobody, now)).isEqualTo(new Change.Unknown());
    }

    @Test
    void anIdThatIsKnownIsLeftAsItIsAndTheSameSubmissionIsNot() {
        Job first = submitted();
        Job second = Job.submitted(withPayload(first, new byte[] {9}).spec(), first.due(), now.plusSeconds(1));
        Job other = due(5, now);
        assertThat(store().submit(List.of(second, other))).containsExactly(first.id());
        assertThat(store().find(first.id())).contains(first);
        assertThat(store().find(other.id())).contains(other);
        assertThat(store().submit(List.of(first, other))).as("made again").isEmpty();
        Job third = due(5, now);
        Job thirdAgain = Job.submitted(third.spec(), third.due(), now.plusSeconds(1));
        assertThat(store().submit(List.of(third, third, thirdAgain)))
                .as("twice in one list, and another time")
                .containsExactly(third.id());
        assertThat(kinds(first.id())).containsExactly(Kind.SUBMITTED);
    }

    @Test
    void aPayloadOfOneMebibyteComesWithFindAndBeginOnly() {
        byte[] payload = new byte[JobSpec.MAX_PAYLOAD_BYTES];
        new Random(1).nextBytes(payload);
        Job job = submitted(Job.submitted(spec(5, payload), now, now));
        assertThat(store().find(job.id())).contains(job);
        assertThat(accepted(store().begin(job.id(), token(3), WORKER, now)).spec())
                .isEqualTo(job.spec());
        assertThat(accepted(store().end(job.id(), token(3), WORKER, new Ending.Succeeded(Optional.empty(), ""), now))
                        .spec())
                .isEqualTo(withoutPayload(job).spec());
        assertThat(store().list(new Filter(Optional.of(tenant), Optional.empty()), Optional.empty(), 10))
                .singleElement()
                .satisfies(found -> assertThat(found.spec().payload()).isEmpty());
    }

    @Test
    void theBytesOfTheCallerAreItsOwnAgainAfterTheCall() {
        byte[] payload = {1, 2, 3};
        Job job = submitted(Job.submitted(spec(5, payload), now, now));
        payload[0] = 9;
        byte[] found = store().find(job.id()).orElseThrow().spec().payload();
        assertThat(found).containsExactly(1, 2, 3);
        found[1] = 9;
        assertThat(accepted(store().begin(job.id(), token(1), WORKER, now))
                        .spec()
                        .payload())
                .containsExactly(1, 2, 3);
    }

    @Test
    void aRunFromBeginToEnd() {
        Job job = submitted();
        Instant began = now.plusMillis(5);
        Job running = accepted(store().begin(job.id(), token(10), WORKER, began));
        assertThat(running.state()).isEqualTo(JobState.RUNNING);
        assertThat(running.attempt()).isEqualTo(1);
        assertThat(running.fence()).contains(token(10));
        assertThat(running.worker()).contains(WORKER);
        assertThat(running.began()).contains(began);
        assertThat(store().find(job.id())).contains(running);

        Job done = accepted(store().end(
                        job.id(),
                        token(10),
                        WORKER,
                        new Ending.Succeeded(Optional.empty(), "fine"),
                        now.plusMillis(9)));
        assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(store().find(job.id()).map(JobStoreContract::withoutPayload)).contains(done);
        assertThat(kinds(job.id())).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.SUCCEEDED);
        assertThat(store().history(job.id()).get(2))
                .isEqualTo(new JobEvent(
                        job.id(),
                        3,
                        now.plusMillis(9),
                        Kind.SUCCEEDED,
                        JobState.SUCCEEDED,
                        1,
                        1,
                        Optional.of(token(10)),
                        Optional.of(WORKER),
                        "fine"));
    }

    @Test
    void changesThatAreMadeAgainAreAnsweredAgainAndChangeNothing() {
        Job job = submitted();
        Change begun = store().begin(job.id(), token(4), WORKER, now);
        assertThat(store().begin(job.id(), token(4), WORKER, now)).isEqualTo(begun);
        assertThat(another().begin(job.id(), token(4), WORKER, now)).isEqualTo(begun);

        Ending failed = new Ending.Failed(now.plusSeconds(5), "no");
        Change ended = store().end(job.id(), token(4), WORKER, failed, now);
        assertThat(store().end(job.id(), token(4), WORKER, failed, now)).isEqualTo(ended);
        assertThat(another().end(job.id(), token(4), WORKER, failed, now)).isEqualTo(ended);

        Change cancelled = store().cancel(job.id(), "enough", now);
        assertThat(store().cancel(job.id(), "enough", now)).isEqualTo(cancelled);
        assertThat(store().cancel(job.id(), "other", now)).isInstanceOf(Change.NotPossible.class);

        Change retried = store().retry(job.id(), now);
        assertThat(store().retry(job.id(), now)).isEqualTo(retried);
        assertThat(store().retry(job.id(), now.plusSeconds(1))).isInstanceOf(Change.NotPossible.class);
        assertThat(kinds(job.id()))
                .containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.FAILED, Kind.CANCELLED, Kind.RETRIED);
    }

    @Test
    void changesThatAreMadeAgainAreAnsweredAgainWhateverFollowed() {
        Job job = submitted();
        Ending failed = new Ending.Failed(now, "no");
        accepted(store().begin(job.id(), token(4), WORKER, now));
        accepted(store().end(job.id(), token(4), WORKER, failed, now));
        accepted(another().begin(job.id(), token(6), "other", now));
        assertThat(accepted(store().end(job.id(), token(4), WORKER, failed, now))
                        .fence())
                .as("by the next try")
                .contains(token(6));

        accepted(store().cancel(job.id(), "enough", now));
        accepted(another().retry(job.id(), now));
        assertThat(accepted(store().cancel(job.id(), "enough", now)).state()).isEqualTo(JobState.SCHEDULED);

        accepted(another().cancel(job.id(), "again", now));
        assertThat(accepted(store().retry(job.id(), now)).state()).isEqualTo(JobState.CANCELLED);
        assertThat(kinds(job.id()))
                .containsExactly(
                        Kind.SUBMITTED,
                        Kind.BEGAN,
                        Kind.FAILED,
                        Kind.BEGAN,
                        Kind.CANCELLED,
                        Kind.RETRIED,
                        Kind.CANCELLED);
    }

    @Test
    void anOlderTokenIsRefusedAtBeginAndEnd() {
        Job job = submitted();
        accepted(store().begin(job.id(), token(7), "old", now));
        Job taken = accepted(store().begin(job.id(), token(9), "new", now.plusSeconds(1)));
        assertThat(taken.attempt()).isEqualTo(2);

        Change stale = new Change.Stale(token(9));
        Ending done = new Ending.Succeeded(Optional.empty(), "late");
        assertThat(store().end(job.id(), token(7), "old", done, now)).isEqualTo(stale);
        assertThat(another().end(job.id(), token(7), "old", done, now)).isEqualTo(stale);
        assertThat(store().begin(job.id(), token(8), "old", now)).isEqualTo(stale);
        assertThat(store().begin(job.id(), token(9), "third", now)).isInstanceOf(Change.NotPossible.class);
        assertThat(store().end(job.id(), token(10), "new", done, now))
                .as("who has not begun")
                .isInstanceOf(Change.NotPossible.class);

        accepted(store().end(job.id(), token(9), "new", done, now.plusSeconds(2)));
        assertThat(store().end(job.id(), token(7), "old", done, now)).isEqualTo(stale);
        assertThat(kinds(job.id())).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.TOOK_OVER, Kind.SUCCEEDED);
    }

    @Test
    void oneOfTwoThatBeginAtOnceWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        JobStore[] stores = {store(), another()};
        try {
            for (int round = 0; round < 8; round++) {
                Job job = submitted();
                CyclicBarrier start = new CyclicBarrier(2);
                List<Future<Change>> begins = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    String worker = "w" + i;
                    JobStore mine = stores[i];
                    // the same token, as of two that believe to hold one lease
                    Callable<Change> begin = () -> {
                        start.await();
                        return mine.begin(job.id(), token(5), worker, now);
                    };
                    begins.add(threads.submit(begin));
                }
                Set<Class<?>> answers = new HashSet<>();
                for (Future<Change> begin : begins) {
                    answers.add(begin.get().getClass());
                }
                assertThat(answers).containsExactlyInAnyOrder(Change.Accepted.class, Change.NotPossible.class);
                assertThat(kinds(job.id())).containsExactly(Kind.SUBMITTED, Kind.BEGAN);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void endingsDecideWhatFollows() {
        Job job = submitted();
        JobId id = job.id();
        accepted(store().begin(id, token(1), WORKER, now));
        Job failed = accepted(store().end(id, token(1), WORKER, new Ending.Failed(now.plusSeconds(3), "no"), now));
        assertThat(failed.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(failed.next()).isEqualTo(now.plusSeconds(3));
        assertThat(failed.due()).isEqualTo(now);
        assertThat(failed.error()).contains("no");
        assertThat(failed.attempt()).isEqualTo(1);
        assertThat(store().begin(id, token(2), WORKER, now.plusSeconds(2)))
                .as("not before its time")
                .isInstanceOf(Change.NotPossible.class);

        accepted(store().begin(id, token(2), WORKER, now.plusSeconds(3)));
        Job back = accepted(store().end(id, token(2), WORKER, new Ending.GivenBack(""), now.plusSeconds(4)));
        assertThat(back.attempt()).isEqualTo(1);
        assertThat(back.next()).isEqualTo(now.plusSeconds(3));

        accepted(store().begin(id, token(2), WORKER, now.plusSeconds(4)));
        Instant again = now.plusSeconds(60);
        Job next = accepted(
                store().end(id, token(2), WORKER, new Ending.Succeeded(Optional.of(again), ""), now.plusSeconds(5)));
        assertThat(next.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(next.due()).isEqualTo(again);
        assertThat(next.next()).isEqualTo(again);
        assertThat(next.run()).isEqualTo(2);
        assertThat(next.attempt()).isZero();
        assertThat(next.error()).isEmpty();

        accepted(store().begin(id, token(3), WORKER, again));
        Job skipped = accepted(
                store().end(id, token(3), WORKER, new Ending.Skipped(Optional.of(again.plusSeconds(60)), ""), again));
        assertThat(skipped.run()).isEqualTo(3);

        accepted(store().begin(id, token(4), WORKER, again.plusSeconds(60)));
        Job died = accepted(store().end(id, token(4), WORKER, new Ending.Died(Optional.empty(), "dead"), again));
        assertThat(died.state()).isEqualTo(JobState.DEAD);
        assertThat(died.error()).contains("dead");
        assertThat(store().cancel(id, "", now)).isInstanceOf(Change.NotPossible.class);

        Job retried = accepted(store().retry(id, again.plusSeconds(70)));
        assertThat(retried.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(retried.next()).isEqualTo(again.plusSeconds(70));
        assertThat(retried.attempt()).isZero();
        assertThat(retried.run()).isEqualTo(4);
        assertThat(kinds(id))
                .containsExactly(
                        Kind.SUBMITTED,
                        Kind.BEGAN,
                        Kind.FAILED,
                        Kind.BEGAN,
                        Kind.GIVEN_BACK,
                        Kind.BEGAN,
                        Kind.SUCCEEDED,
                        Kind.BEGAN,
                        Kind.SKIPPED,
                        Kind.BEGAN,
                        Kind.DIED,
                        Kind.RETRIED);
    }

    @Test
    void whatAUserTookBackIsNotEndedByItsWorker() {
        Job job = submitted();
        accepted(store().begin(job.id(), token(1), WORKER, now));
        assertThat(accepted(store().cancel(job.id(), "changed my mind", now)).state())
                .isEqualTo(JobState.CANCELLED);
        Change ended = store().end(job.id(), token(1), WORKER, new Ending.Succeeded(Optional.empty(), ""), now);
        assertThat(ended).isInstanceOf(Change.NotPossible.class);
        assertThat(((Change.NotPossible) ended).job().state()).isEqualTo(JobState.CANCELLED);
        assertThat(kinds(job.id())).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.CANCELLED);
    }

    @Test
    void dueComesByPriorityAndThenByTimeAndNotBeforeIt() {
        List<Job> jobs = List.of(
                due(3, now.plusSeconds(1)),
                due(3, now.plusSeconds(2)),
                due(8, now.plusSeconds(4)),
                due(8, now.plusSeconds(3)),
                due(0, now),
                due(9, now.plusSeconds(100)));
        store().submit(jobs);
        assertThat(dueIds(now.plusSeconds(50), 10))
                .containsExactly(
                        jobs.get(3).id(),
                        jobs.get(2).id(),
                        jobs.get(0).id(),
                        jobs.get(1).id(),
                        jobs.get(4).id());
        assertThat(dueIds(now.plusSeconds(50), 3))
                .containsExactly(jobs.get(3).id(), jobs.get(2).id(), jobs.get(0).id());
        DueJob first = dueOfTenant(now.plusSeconds(50), Instant.EPOCH, 1).get(0);
        assertThat(first).isEqualTo(new DueJob(jobs.get(3).id(), tenant, 8, JobState.SCHEDULED, now.plusSeconds(3)));
        assertThat(dueIds(now.minusSeconds(1), 10)).isEmpty();

        store().cancel(jobs.get(3).id(), "", now);
        accepted(store().begin(jobs.get(2).id(), token(1), WORKER, now.plusSeconds(50)));
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(dueIds(now.plusSeconds(50), 2))
                        .containsExactly(jobs.get(0).id(), jobs.get(1).id()));
    }

    @Test
    void oneTenantDoesNotHideAnother() {
        Job mine = due(0, now);
        String crowd = "crowd-" + UUID.randomUUID();
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            JobSpec spec = spec(9, new byte[0]);
            jobs.add(Job.submitted(
                    new JobSpec(
                            spec.id(),
                            crowd,
                            9,
                            spec.work(),
                            spec.payload(),
                            spec.schedule(),
                            spec.retries(),
                            spec.deadline(),
                            spec.misfire()),
                    now.minusSeconds(5),
                    now));
        }
        jobs.add(mine);
        store().submit(jobs);
        List<DueJob> due = store().due(now, Instant.EPOCH, 4);
        assertThat(due.stream().filter(job -> job.tenant().equals(crowd))).hasSize(4);
        assertThat(due).extracting(DueJob::id).contains(mine.id());
        assertThat(store().weights()).containsEntry(crowd, 1).containsEntry(tenant, 1);
    }

    @Test
    void aRunningJobIsDueWhenItsWorkerHasBeenSilent() {
        Job job = submitted();
        accepted(store().begin(job.id(), token(1), WORKER, now));
        Instant later = now.plusSeconds(3600);
        assertThat(dueIds(later, 10)).isEmpty();
        assertThat(dueOfTenant(later, now, 10)).as("began at that instant").isEmpty();
        for (int i = 0; i < 2; i++) {
            assertThat(dueOfTenant(later, later, 10))
                    .containsExactly(new DueJob(job.id(), tenant, 5, JobState.RUNNING, now));
        }
        accepted(store().begin(job.id(), token(2), "other", later));
        accepted(store().end(job.id(), token(2), "other", new Ending.Succeeded(Optional.empty(), ""), later));
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(dueOfTenant(later.plusSeconds(60), later.plusSeconds(60), 10))
                        .isEmpty());
    }

    @Test
    void pagesHoldAllJobsOnceWhateverTheFilter() {
        List<Job> jobs = IntStream.range(0, 25).mapToObj(i -> due(5, now)).toList();
        store().submit(jobs);
        for (int i = 0; i < 5; i++) {
            store().cancel(jobs.get(i).id(), "", now);
        }
        assertThat(pages(new Filter(Optional.of(tenant), Optional.empty()), 7))
                .containsExactlyInAnyOrderElementsOf(jobs.stream().map(Job::id).toList());
        assertThat(pages(new Filter(Optional.of(tenant), Optional.of(JobState.CANCELLED)), 2))
                .containsExactlyInAnyOrderElementsOf(
                        jobs.subList(0, 5).stream().map(Job::id).toList());
        assertThat(pages(new Filter(Optional.empty(), Optional.of(JobState.SCHEDULED)), 100))
                .containsAll(jobs.subList(5, 25).stream().map(Job::id).toList());
        assertThat(pages(new Filter(Optional.of("nobody-" + tenant), Optional.empty()), 5))
                .isEmpty();
        assertThat(pages(Filter.ALL, 100))
                .containsAll(jobs.stream().map(Job::id).toList());
    }

    private List<JobId> pages(Filter filter, int limit) {
        List<JobId> all = new ArrayList<>();
        Optional<JobId> after = Optional.empty();
        while (true) {
            List<Job> page = store().list(filter, after, limit);
            page.forEach(job -> all.add(job.id()));
            if (page.size() < limit) {
                assertThat(all).doesNotHaveDuplicates();
                return all;
            }
            after = Optional.of(page.get(limit - 1).id());
        }
    }

    @Test
    void countsFollowTheStates() {
        Map<JobState, Long> before = new EnumMap<>(JobState.class);
        for (JobState state : JobState.values()) {
            before.put(state, (long) pages(new Filter(Optional.empty(), Optional.of(state)), 1000)
                    .size());
        }
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(store().counts()).isEqualTo(before));
        List<Job> jobs = IntStream.range(0, 6).mapToObj(i -> due(5, now)).toList();
        store().submit(jobs);
        store().submit(jobs);
        accepted(store().begin(jobs.get(0).id(), token(1), WORKER, now));
        accepted(store().begin(jobs.get(1).id(), token(1), WORKER, now));
        accepted(store().end(jobs.get(1).id(), token(1), WORKER, new Ending.Died(Optional.empty(), ""), now));
        accepted(store().cancel(jobs.get(2).id(), "", now));
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            Map<JobState, Long> after = store().counts();
            assertThat(after).containsOnlyKeys(JobState.values());
            for (Map.Entry<JobState, Integer> more : Map.of(
                            JobState.SCHEDULED, 3, JobState.RUNNING, 1, JobState.DEAD, 1, JobState.CANCELLED, 1)
                    .entrySet()) {
                assertThat(after.getOrDefault(more.getKey(), 0L) - before.getOrDefault(more.getKey(), 0L))
                        .as("%s", more.getKey())
                        .isEqualTo(more.getValue().longValue());
            }
        });
    }

    @Test
    void recentTellsInTheOrderInWhichItHappened() {
        Job job = due(5, now);
        submitted(job);
        accepted(store().begin(job.id(), token(1), WORKER, now.plusMillis(1)));
        accepted(
                store().end(job.id(), token(1), WORKER, new Ending.Succeeded(Optional.empty(), ""), now.plusMillis(2)));
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(store().recent(now, 10_000).stream()
                                .filter(event -> event.job().equals(job.id())))
                        .containsExactlyElementsOf(store().history(job.id())));
        assertThat(store().recent(now.plusMillis(2), 10_000))
                .extracting(JobEvent::job, JobEvent::kind)
                .contains(tuple(job.id(), Kind.SUCCEEDED))
                .doesNotContain(tuple(job.id(), Kind.BEGAN));
        assertThat(store().recent(now, 1)).hasSize(1);
    }

    @Test
    void weightsAreKeptAndChecked() {
        store().weigh(tenant, 7);
        submitted();
        assertThat(store().weights()).containsEntry(tenant, 7);
        store().weigh(tenant, 1000);
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(another().weights()).containsEntry(tenant, 1000));
        assertThatThrownBy(() -> store().weigh(tenant, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 1000, not 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1_000_001, Integer.MAX_VALUE})
    void whatIsAskedForIsOfASizeThatIsAllowed(int limit) {
        refused(() -> store().due(now, now, limit), "1 to 1000000", limit);
        refused(() -> store().recent(now, limit), "1 to 1000000", limit);
        refused(() -> store().assigned(WORKER, limit), "1 to 1000000", limit);
        refused(() -> store().list(Filter.ALL, Optional.empty(), limit), "1 to 1000", limit);
        assertThat(store().due(now, Instant.EPOCH, 1_000_000)).isNotNull();
        refused(() -> store().list(Filter.ALL, Optional.empty(), 1001), "1 to 1000", 1001);
    }

    @Test
    void aReportIsValidForATimeThatIsAllowed() {
        WorkerReport report = new WorkerReport(tenant, now, now, 4, 2, false);
        Duration longest = Duration.ofDays(365);
        for (Duration wrong :
                List.of(Duration.ofMillis(-1), longest.plusMillis(1), Duration.ofSeconds(Long.MAX_VALUE))) {
            refused(() -> store().report(report, wrong), longest.toString(), wrong);
        }
        store().report(report, longest);
        assertThat(store().workers(now)).contains(report);
        store().report(report, Duration.ZERO);
        assertThat(store().workers(now)).doesNotContain(report);
    }

    private static void refused(ThrowableAssert.ThrowingCallable call, String range, Object value) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(range)
                .hasMessageEndingWith("not " + value);
    }

    @Test
    void workersAreThereUntilTheirReportExpires() {
        WorkerReport report = new WorkerReport(tenant, now.minusSeconds(9), now, 4, 2, false);
        store().report(report, Duration.ofSeconds(20));
        assertThat(another().workers(now.plusSeconds(19))).contains(report);
        assertThat(store().workers(now.plusSeconds(20))).doesNotContain(report);
        WorkerReport draining = new WorkerReport(tenant, now.minusSeconds(9), now.plusSeconds(5), 4, 0, true);
        store().report(draining, Duration.ofMillis(1));
        assertThat(store().workers(now.plusSeconds(5))).contains(draining).doesNotContain(report);
        assertThat(store().workers(now.plusSeconds(6)))
                .extracting(WorkerReport::worker)
                .doesNotContain(tenant);
    }

    /** Terms are those of one sequence for all tests of a store. */
    private FencingToken term() {
        return token(Micros.of(Instant.now()));
    }

    @Test
    void assignmentsComeInOrderAndEndWithTheBeginning() {
        List<Job> jobs = IntStream.range(0, 5).mapToObj(i -> due(5, now)).toList();
        store().submit(jobs);
        String one = "one-" + tenant;
        String two = "two-" + tenant;
        FencingToken term = term();
        Map<JobId, String> map = new LinkedHashMap<>();
        map.put(jobs.get(3).id(), one);
        map.put(jobs.get(0).id(), two);
        map.put(jobs.get(1).id(), one);
        map.put(jobs.get(2).id(), one);
        assertThat(store().assign(term, map, now)).isTrue();
        assertThat(another().assigned(one, 10))
                .extracting(DueJob::id)
                .containsExactly(jobs.get(3).id(), jobs.get(1).id(), jobs.get(2).id());
        assertThat(store().assigned(one, 2)).hasSize(2);
        assertThat(store().assigned(two, 10))
                .containsExactly(new DueJob(jobs.get(0).id(), tenant, 5, JobState.SCHEDULED, now));

        accepted(store().begin(jobs.get(3).id(), token(1), one, now));
        assertThat(store().assign(term, Map.of(jobs.get(1).id(), two), now)).isTrue();
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(store().assigned(one, 10))
                    .extracting(DueJob::id)
                    .containsExactly(jobs.get(2).id());
            assertThat(store().assigned(two, 10))
                    .extracting(DueJob::id)
                    .containsExactly(jobs.get(0).id(), jobs.get(1).id());
        });
    }

    @Test
    void anOlderTermAssignsNothing() {
        Job job = submitted();
        FencingToken older = term();
        FencingToken newer = token(older.value() + 1);
        assertThat(another().assign(newer, Map.of(), now)).isTrue();
        String worker = "w-" + tenant;
        assertThat(store().assign(older, Map.of(job.id(), worker), now)).isFalse();
        assertThat(store().assigned(worker, 10)).isEmpty();
        assertThat(store().assign(newer, Map.of(job.id(), worker), now)).isTrue();
        assertThat(store().assigned(worker, 10)).extracting(DueJob::id).containsExactly(job.id());
    }

    @Test
    void manyAreSubmittedAtOnce() {
        List<Job> jobs = IntStream.range(0, 150).mapToObj(i -> due(i % 10, now)).toList();
        store().submit(jobs);
        assertThat(pages(new Filter(Optional.of(tenant), Optional.empty()), 1000))
                .hasSize(150);
        assertThat(dueIds(now, 1000)).hasSize(150);
    }

    @Test
    void anInterruptedThreadIsAnsweredAndStaysInterrupted() {
        Job job = submitted();
        Thread.currentThread().interrupt();
        try {
            Change begun = store().begin(job.id(), token(1), WORKER, now);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(begun).isInstanceOf(Change.Accepted.class);
            assertThat(store().find(job.id())).isPresent();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
