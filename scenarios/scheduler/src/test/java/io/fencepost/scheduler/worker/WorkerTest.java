package io.fencepost.scheduler.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseLostException;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.RenewalPolicy;
import io.fencepost.scheduler.dispatch.Dispatch;
import io.fencepost.scheduler.dispatch.LeaderDispatch;
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
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.WorkerReport;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class WorkerTest {
    @RegisterExtension
    final Bench bench = new Bench();

    private final Seen seen = new Seen();

    private Worker start(Worker.Builder builder) {
        return bench.closed(builder.start());
    }

    private static JobHandler counting(String name, Map<String, AtomicInteger> counts) {
        return Handlers.of(name, context -> {
            int unused = counts.computeIfAbsent(context.job().id().value(), id -> new AtomicInteger())
                    .incrementAndGet();
        });
    }

    // ---- the plain path

    @Test
    void runsAJobUnderItsLockAndRecordsItWithTheTokenOfItsLease() {
        AtomicReference<byte[]> payload = new AtomicReference<>(new byte[0]);
        AtomicReference<FencingToken> token = new AtomicReference<>();
        Worker worker = start(bench.worker("a").observer(seen).handlers(List.of(Handlers.of("take", context -> {
            context.ensureHeld();
            payload.set(context.payload());
            token.set(context.token());
        }))));
        JobId id = bench.submit("take", "hello");

        Job job = bench.awaitState(id, JobState.SUCCEEDED);

        assertThat(payload.get()).asString().isEqualTo("hello");
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.SUCCEEDED);
        assertThat(bench.store().history(id).subList(1, 3)).allSatisfy(event -> {
            assertThat(event.token()).contains(token.get());
            assertThat(event.worker()).contains(worker.name());
            assertThat(event.attempt()).isEqualTo(1);
        });
        assertThat(job.fence()).contains(token.get());
        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.ended).containsExactly(Kind.SUCCEEDED));
        assertThat(seen.began).singleElement().satisfies(begun -> {
            assertThat(begun.state()).isEqualTo(JobState.RUNNING);
            assertThat(begun.attempt()).isEqualTo(1);
        });
        assertThat(seen.lags).allMatch(lag -> !lag.isNegative());
        await().atMost(Bench.SOON)
                .untilAsserted(
                        () -> assertThat(bench.locks().inspect("job/" + id)).isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Dispatch.class)
    void severalWorkersBeginEachJobOnce(Dispatch dispatch) {
        Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            ids.add(bench.submit("count", ""));
        }
        for (String name : List.of("a", "b", "c")) {
            start(bench.worker(name)
                    .ttl(Duration.ofSeconds(10))
                    .dispatch(dispatch)
                    .handlers(List.of(counting("count", counts))));
        }

        await().atMost(Bench.SOON)
                .untilAsserted(
                        () -> assertThat(bench.store().counts()).containsEntry(JobState.SUCCEEDED, (long) ids.size()));
        assertThat(counts.values()).hasSize(ids.size()).allMatch(count -> count.get() == 1);
        assertThat(ids)
                .allSatisfy(
                        id -> assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.SUCCEEDED));
    }

    @Test
    void aRecurringJobRunsAgainAndAgain() {
        start(bench.worker("a"));
        JobSpec once = bench.spec(new Work.HandlerCall("noop"), "");
        Instant first = Instant.now();
        JobId id = bench.submit(new JobSpec(
                once.id(),
                once.tenant(),
                once.priority(),
                once.work(),
                once.payload(),
                new Schedule.FixedRate(first, Duration.ofMillis(100)),
                once.retries(),
                Optional.empty(),
                MisfirePolicy.RUN_ALL));

        await().atMost(Bench.SOON).until(() -> bench.job(id).run() > 5);
        List<Long> runs = bench.store().history(id).stream()
                .filter(event -> event.kind() == Kind.BEGAN)
                .map(JobEvent::run)
                .toList();
        assertThat(runs).startsWith(1L, 2L, 3L, 4L, 5L).doesNotHaveDuplicates();
        assertThat(bench.job(id).state()).isNotEqualTo(JobState.DEAD);
    }

    // ---- failures

    @Test
    void aFailureIsTriedAgainAndThenDead() {
        start(bench.worker("a").observer(seen));
        JobId id = bench.submit("fail", "out of paper");

        Job job = bench.awaitState(id, JobState.DEAD);

        assertThat(bench.kinds(id))
                .containsExactly(
                        Kind.SUBMITTED, Kind.BEGAN, Kind.FAILED, Kind.BEGAN, Kind.FAILED, Kind.BEGAN, Kind.DIED);
        assertThat(job.error()).contains("out of paper");
        assertThat(bench.store().history(id).stream()
                        .filter(event -> event.kind() == Kind.BEGAN)
                        .map(event -> event.token().orElseThrow()))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    /** Its message cannot be had. */
    private static final class MuteException extends Exception {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("it has none");
        }
    }

    static Stream<Throwable> faultsOfHandlers() {
        return Stream.of(
                new StackOverflowError(),
                new OutOfMemoryError("as the test wants it"),
                new NoClassDefFoundError("as/the/test/wants/It"),
                new AssertionError("as the test wants it"),
                new MuteException());
    }

    @ParameterizedTest
    @MethodSource("faultsOfHandlers")
    void whateverAHandlerThrowsCostsTheTryAndNotTheSlot(Throwable fault) {
        Worker worker = start(bench.worker("a").slots(1).observer(seen).handlers(List.of(Handlers.of("bad", context -> {
            if (fault instanceof Error error) {
                throw error;
            }
            throw (Exception) fault;
        }))));
        JobId bad = bench.submit(Bench.with(
                bench.spec(new Work.HandlerCall("bad"), ""),
                new RetryPolicy(1, Duration.ZERO, Duration.ZERO),
                Optional.empty()));
        assertThat(bench.awaitState(bad, JobState.DEAD).error().orElse(""))
                .startsWith(fault.getClass().getName());
        assertThat(bench.awaitState(bench.submit("noop", ""), JobState.SUCCEEDED)
                        .attempt())
                .isEqualTo(1);
        assertThat(worker.failure()).isEmpty();
        assertThat(seen.failures).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"due, LEADERLESS", "report, LEADERLESS", "begin, LEADERLESS", "end, LEADERLESS", "assign, LEADER"})
    void anErrorInAThreadOfTheWorkerEndsItsWorkAndIsTold(String method, Dispatch dispatch) {
        Error defect = new NoClassDefFoundError("as the test wants it");
        FaultyStore faulty = new FaultyStore(bench.store());
        faulty.breakDown(method, defect);
        Worker worker = start(Worker.builder(faulty.store(), bench.locks())
                .name("broken")
                .ttl(Bench.TTL)
                .poll(Duration.ofMillis(20))
                .dispatch(dispatch)
                .observer(seen));
        boolean needsNoJob = Set.of("due", "report").contains(method);
        Optional<JobId> before = needsNoJob ? Optional.empty() : Optional.of(bench.submit("noop", ""));

        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.failures).containsExactly(defect));

        JobId id = before.orElseGet(() -> bench.submit("noop", ""));
        assertThat(worker.failure()).contains(defect);
        assertThat(worker.report().draining())
                .as("nobody takes it for one that works")
                .isTrue();
        start(bench.worker("well").dispatch(dispatch));
        assertThat(bench.awaitState(id, JobState.SUCCEEDED).worker())
                .as("neither lock nor leadership was kept")
                .contains("well");
        assertThat(seen.failures).hasSize(1);
    }

    @Test
    void aPollerThatSomebodyInterruptsIsTheEndOfItsWorker() {
        Worker worker = start(bench.worker("disturbed").observer(seen));
        await().atMost(Bench.SOON).until(() -> seen.polls.get() > 0);

        threads("fencepost-poller-disturbed").forEach(Thread::interrupt);

        await().atMost(Bench.SOON)
                .untilAsserted(
                        () -> assertThat(seen.failures).singleElement().isInstanceOf(InterruptedException.class));
        assertThat(worker.report().draining()).isTrue();
    }

    @Test
    void aLockClientThatIsClosedIsTheEndOfItsWorker() {
        LockClient locks = bench.locks();
        Worker worker = start(bench.worker("lockless", locks).observer(seen));
        locks.close();
        JobId id = bench.submit("noop", "");

        await().atMost(Bench.SOON)
                .untilAsserted(() -> assertThat(seen.failures).singleElement().isInstanceOf(LockClosedException.class));
        assertThat(worker.report().draining()).isTrue();
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED);
    }

    private static List<Thread> threads(String part) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains(part))
                .toList();
    }

    @Test
    void aStartThatFailsLeavesNothing() {
        LockClient locks = bench.locks();
        LockClient leaderless = (LockClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LockClient.class}, (client, method, arguments) -> {
                    if (method.getName().equals("lock") && LeaderDispatch.LOCK.equals(arguments[0])) {
                        throw new NoClassDefFoundError("as the test wants it");
                    }
                    return method.invoke(locks, arguments);
                });

        assertThatThrownBy(() -> bench.worker("stillborn", leaderless)
                        .dispatch(Dispatch.LEADER)
                        .start())
                .isInstanceOf(NoClassDefFoundError.class)
                .hasNoSuppressedExceptions();

        await().atMost(Bench.SOON)
                .untilAsserted(() -> assertThat(threads("stillborn")).isEmpty());
        await().atMost(Bench.SOON)
                .untilAsserted(
                        () -> assertThat(bench.store().workers(Instant.now())).isEmpty());
    }

    @Test
    void aHandlerThatIsNotThereIsAFailureThatSaysWhatIs() {
        start(bench.worker("a"));
        JobId id = bench.submit("nobody", "");
        assertThat(bench.awaitState(id, JobState.DEAD).error().orElse(""))
                .contains("'nobody'")
                .contains("noop");
    }

    // ---- aborts

    @Test
    void theDeadlineAbortsARunAndItIsDead() {
        start(bench.worker("a").observer(seen));
        JobId id = bench.submit(Bench.with(
                bench.spec(new Work.HandlerCall("sleep"), "60000"), Bench.QUICK, Optional.of(Duration.ofMillis(300))));

        Job job = bench.awaitState(id, JobState.DEAD);

        assertThat(seen.aborted).containsExactly("deadline");
        assertThat(job.error().orElse("")).contains("deadline");
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.DIED);
    }

    @Test
    void cancellingARunningJobAbortsIt() {
        CountDownLatch interrupted = new CountDownLatch(1);
        start(bench.worker("a").observer(seen).handlers(List.of(Handlers.of("wait", context -> {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                assertThat(context.isAborted()).isTrue();
                assertThatThrownBy(context::ensureHeld).isInstanceOf(CancellationException.class);
                interrupted.countDown();
                throw e;
            }
        }))));
        JobId id = bench.submit("wait", "");
        await().atMost(Bench.SOON).until(() -> seen.began.size() == 1);

        Change change = bench.store().cancel(id, "not wanted", Instant.now());

        assertThat(change).isInstanceOf(Change.Accepted.class);
        await().atMost(Bench.SOON).until(() -> interrupted.getCount() == 0);
        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.ended).containsExactly(Kind.CANCELLED));
        assertThat(seen.aborted).containsExactly("cancelled");
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.CANCELLED);
    }

    @Test
    void aLeaseThatCannotBeRenewedAbortsTheRunAndGivesItBack() {
        CutBackend backend = new CutBackend(bench.space);
        LockClient locks = bench.locks(backend);
        start(bench.worker("cut", locks).observer(seen));
        JobId id = bench.submit("sleep", "60000");
        await().atMost(Bench.SOON).until(() -> seen.began.size() == 1);

        backend.cut(true);

        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.ended).containsExactly(Kind.GIVEN_BACK));
        assertThat(seen.aborted).containsExactly("lease suspect");
        assertThat(bench.job(id).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(bench.job(id).attempt()).as("it does not count").isZero();

        backend.cut(false);
        await("it goes on").atMost(Bench.SOON).until(() -> seen.began.size() == 2);
    }

    @Test
    void theResultOfAWorkerThatWasTakenOverIsRefused() {
        CutBackend backend = new CutBackend(bench.space);
        Handlers.Deaf deaf = new Handlers.Deaf();
        Worker late =
                start(bench.worker("late", bench.locks(backend)).observer(seen).handlers(List.of(deaf.handler)));
        JobId id = bench.submit("deaf", "");
        await().atMost(Bench.SOON).until(() -> deaf.began.getCount() == 0);

        // the lease ends; its holder's work goes on, as it would in a paused process
        backend.cut(true);
        Seen other = new Seen();
        start(bench.worker("other").observer(other).handlers(List.of(Handlers.of("deaf", context -> {}))));
        Job done = bench.awaitState(id, JobState.SUCCEEDED);
        assertThat(done.worker()).contains("other");
        deaf.letGo.countDown();

        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.refused).hasSize(1));
        assertThat(seen.refusedTokens.get(0)).isLessThan(done.fence().orElseThrow());
        assertThat(seen.ended).isEmpty();
        assertThat(seen.aborted).hasSize(1);
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.TOOK_OVER, Kind.SUCCEEDED);
        assertThat(other.began)
                .singleElement()
                .satisfies(job -> assertThat(job.attempt()).isEqualTo(2));
        assertThat(late.report().running()).isZero();
    }

    @Test
    void aRunThatTheStoreSawTakenOverIsAbortedWhateverTheLeaseSays() {
        start(bench.worker("a").observer(seen));
        JobId id = bench.submit("sleep", "60000");
        await().atMost(Bench.SOON).until(() -> seen.began.size() == 1);

        // by somebody whose lock service knows nothing of this one
        FencingToken greater = new FencingToken(1_000_000);
        assertThat(bench.store().begin(id, greater, "stranger", Instant.now())).isInstanceOf(Change.Accepted.class);

        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.aborted).containsExactly("taken over"));
        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.refused).isNotEmpty());
        assertThat(seen.refused).allMatch(new Change.Stale(greater)::equals);
        assertThat(bench.job(id).worker()).contains("stranger");
    }

    @Test
    void ensureHeldThrowsOnceTheLeaseIsLost() {
        CutBackend backend = new CutBackend(bench.space);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        start(bench.worker("a", bench.locks(backend)).handlers(List.of(Handlers.of("look", context -> {
            backend.cut(true);
            while (true) {
                try {
                    context.ensureHeld();
                    Thread.onSpinWait();
                } catch (CancellationException suspect) {
                    // first it is in doubt
                    Thread.onSpinWait();
                } catch (LeaseLostException e) {
                    thrown.set(e);
                    return;
                }
            }
        }))));
        JobId id = bench.submit("look", "");

        await().atMost(Bench.SOON).until(() -> thrown.get() != null);
        assertThat(thrown.get()).hasMessageContaining("job/" + id);
    }

    // ---- silence

    @Test
    void aJobWhoseWorkerIsSilentIsTakenOverAndTheTryCounts() throws Exception {
        JobId id = bench.submit("noop", "");
        beginAndFallSilent(id);
        start(bench.worker("heir").observer(seen));

        Job job = bench.awaitState(id, JobState.SUCCEEDED);

        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.TOOK_OVER, Kind.SUCCEEDED);
        assertThat(seen.began)
                .singleElement()
                .satisfies(begun -> assertThat(begun.attempt()).isEqualTo(2));
        assertThat(job.worker()).contains("heir");
    }

    @Test
    void aJobWhoseWorkerDiedInTheLastTryIsDead() throws Exception {
        JobId id = bench.submit(Bench.with(
                bench.spec(new Work.HandlerCall("noop"), ""),
                new RetryPolicy(1, Duration.ZERO, Duration.ZERO),
                Optional.empty()));
        beginAndFallSilent(id);
        start(bench.worker("heir"));

        assertThat(bench.awaitState(id, JobState.DEAD).error().orElse("")).contains("never said");
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.TOOK_OVER, Kind.DIED);
    }

    private void beginAndFallSilent(JobId id) throws InterruptedException {
        LockOptions options = LockOptions.ttl(Bench.TTL).withRenewal(RenewalPolicy.MANUAL);
        Lease lease = bench.locks().lock("job/" + id, options).acquire();
        Change change = bench.store().begin(id, lease.token(), "dead", Instant.now());
        assertThat(change).isInstanceOf(Change.Accepted.class);
    }

    @Test
    void aLongRunKeepsItsLockAndNobodyTakesOver() {
        Seen other = new Seen();
        Worker one = start(bench.worker("one").observer(seen));
        JobId id = bench.submit("sleep", Long.toString(4 * Bench.TTL.toMillis()));
        await().atMost(Bench.SOON).until(() -> seen.began.size() == 1);
        start(bench.worker("two").observer(other));

        bench.awaitState(id, JobState.SUCCEEDED);

        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.SUCCEEDED);
        assertThat(bench.job(id).worker()).contains(one.name());
        assertThat(other.contended).as("it looked whether the worker lives").contains(id.value());
        assertThat(other.contended.size()).as("now and then").isLessThan(40);
    }

    // ---- a store that fails

    @Test
    void lostAnswersOfTheStoreBeginAndEndATryOnce() {
        FaultyStore faulty = new FaultyStore(bench.store());
        faulty.loseAnswers("begin", 2);
        faulty.loseAnswers("end", 2);
        start(Worker.builder(faulty.store(), bench.locks())
                .name("a")
                .ttl(Duration.ofSeconds(10))
                .observer(seen)
                .poll(Duration.ofMillis(20)));
        JobId id = bench.submit("noop", "");

        bench.awaitState(id, JobState.SUCCEEDED);
        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.ended).containsExactly(Kind.SUCCEEDED));
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.SUCCEEDED);
        assertThat(seen.refused).isEmpty();
    }

    @Test
    void aStoreThatIsAwayForAWhileIsAskedUntilItIsBack() {
        FaultyStore faulty = new FaultyStore(bench.store());
        for (String method : List.of("due", "begin", "end", "report", "workers", "find")) {
            faulty.fail(method, 3);
        }
        start(Worker.builder(faulty.store(), bench.locks())
                .name("a")
                .ttl(Duration.ofSeconds(10))
                .observer(seen)
                .poll(Duration.ofMillis(20)));
        JobId id = bench.submit("noop", "");

        assertThat(bench.awaitState(id, JobState.SUCCEEDED).attempt()).isLessThanOrEqualTo(1);
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.SUCCEEDED);
    }

    @Test
    void anEndThatCannotBeWrittenWhileTheLeaseHoldsIsToldAndTheJobIsTakenOver() {
        CutBackend backend = new CutBackend(bench.space);
        FaultyStore faulty = new FaultyStore(bench.store());
        faulty.fail("end", 1000);
        start(Worker.builder(faulty.store(), bench.locks(backend))
                .name("mute")
                .ttl(Bench.TTL)
                .poll(Duration.ofMillis(20))
                .observer(seen)
                .handlers(List.of(Handlers.of("cut", context -> backend.cut(true)))));
        JobId id = bench.submit("cut", "");
        await().atMost(Bench.SOON)
                .untilAsserted(() -> assertThat(seen.unrecorded).hasSize(1));
        assertThat(bench.job(id).state()).isEqualTo(JobState.RUNNING);

        start(bench.worker("heir").handlers(List.of(Handlers.of("cut", context -> {}))));
        bench.awaitState(id, JobState.SUCCEEDED);
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.TOOK_OVER, Kind.SUCCEEDED);
    }

    @Test
    void anEndThatADefectKeepsFromBeingWrittenIsToldToo() {
        FaultyStore faulty = new FaultyStore(bench.store());
        faulty.breakDown("end", new IllegalStateException("as the test wants it"));
        Worker worker = start(Worker.builder(faulty.store(), bench.locks())
                .name("odd")
                .ttl(Bench.TTL)
                .poll(Duration.ofMillis(20))
                .observer(seen));
        bench.submit("noop", "");

        await().atMost(Bench.SOON)
                .untilAsserted(() -> assertThat(seen.unrecorded)
                        .first()
                        .asString()
                        .contains("IllegalStateException", "as the test wants it"));
        assertThat(seen.ended).isEmpty();
        assertThat(worker.failure()).as("it goes on").isEmpty();
    }

    @Test
    void locksThatAreAwayForAWhileDelayJobsAndNothingElse() {
        CutBackend backend = new CutBackend(bench.space);
        backend.cut(true);
        start(bench.worker("a", bench.locks(backend)).observer(seen));
        JobId id = bench.submit("noop", "");
        await().atMost(Bench.SOON).until(() -> seen.polls.get() >= 3);
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED);

        backend.cut(false);

        bench.awaitState(id, JobState.SUCCEEDED);
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.SUCCEEDED);
    }

    // ---- pace

    @Test
    void aWorkerWhoseDueJobsAreAllElsewhereDoesNotSpin() throws Exception {
        LockClient holder = bench.locks();
        for (int i = 0; i < 20; i++) {
            JobId id = bench.submit("noop", "");
            Lease lease = holder.lock("job/" + id, LockOptions.ttl(Duration.ofMinutes(1)))
                    .acquire();
            assertThat(lease.isValid()).isTrue();
        }
        start(bench.worker("a").observer(seen));
        await().atMost(Bench.SOON).until(() -> seen.contended.size() >= 20);

        int polls = seen.polls.get();
        int tries = seen.contended.size();
        // the window in which it could spin
        TimeUnit.MILLISECONDS.sleep(1000);

        assertThat(seen.polls.get() - polls).isLessThan(150);
        assertThat(seen.contended.size() - tries).isLessThan(150);
        assertThat(seen.began).isEmpty();
    }

    @Test
    void anIdleWorkerPollsAtItsPace() throws Exception {
        start(bench.worker("a").observer(seen).poll(Duration.ofMillis(100)));
        await().atMost(Bench.SOON).until(() -> seen.polls.get() >= 6);
        int polls = seen.polls.get();
        // the window in which it could spin
        TimeUnit.MILLISECONDS.sleep(1000);
        assertThat(seen.polls.get() - polls).isBetween(5, 25);
    }

    // ---- shares

    @Test
    void tenantsGetTheirSharesOfAWorkersBeginsAndPrioritiesGoFirst() throws Exception {
        bench.store().weigh("one", 1);
        bench.store().weigh("two", 2);
        bench.store().weigh("five", 5);
        for (int i = 0; i < 120; i++) {
            for (String tenant : List.of("one", "two", "five")) {
                submitFor(tenant, 5);
            }
        }
        for (int i = 0; i < 10; i++) {
            submitFor("one", 8);
        }
        List<Job> order = new CopyOnWriteArrayList<>();
        start(bench.worker("a").slots(1).handlers(List.of(Handlers.of("note", context -> order.add(context.job())))));

        await().atMost(Bench.SOON).until(() -> order.size() >= 170);

        List<Job> begun = List.copyOf(order);
        assertThat(begun.subList(0, 10)).allMatch(job -> job.spec().priority() == 8);
        Map<String, Long> counts = begun.subList(10, 170).stream()
                .collect(Collectors.groupingBy(job -> job.spec().tenant(), Collectors.counting()));
        assertThat(counts.get("one")).isCloseTo(20L, within(1L));
        assertThat(counts.get("two")).isCloseTo(40L, within(2L));
        assertThat(counts.get("five")).isCloseTo(100L, within(5L));
    }

    private void submitFor(String tenant, int priority) {
        JobSpec spec = bench.spec(new Work.HandlerCall("note"), "");
        JobId id = bench.submit(new JobSpec(
                spec.id(),
                tenant,
                priority,
                spec.work(),
                spec.payload(),
                spec.schedule(),
                spec.retries(),
                spec.deadline(),
                spec.misfire()));
        assertThat(id).isEqualTo(spec.id());
    }

    // ---- the end

    @Test
    void drainingWaitsForWhatRunsAndTakesNoMore() throws Exception {
        Worker worker = start(bench.worker("a").slots(1).observer(seen));
        JobId running = bench.submit("sleep", "500");
        await().atMost(Bench.SOON).until(() -> seen.began.size() == 1);
        JobId waiting = bench.submit("noop", "");

        assertThat(worker.drain(Bench.SOON)).isTrue();

        assertThat(bench.job(running).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(bench.job(waiting).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(worker.report())
                .extracting(WorkerReport::draining, WorkerReport::running)
                .containsExactly(true, 0);
        assertThat(bench.locks().inspect("job/" + running)).isEmpty();
    }

    @Test
    void whatDoesNotEndWithinTheLimitIsGivenBackAndDoneByOthers() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        JobHandler slowAtFirst = Handlers.of("slow", context -> {
            if (calls.incrementAndGet() == 1) {
                Thread.sleep(60_000);
            }
        });
        Worker worker = start(bench.worker("a").observer(seen).handlers(List.of(slowAtFirst)));
        JobId id = bench.submit("slow", "");
        await().atMost(Bench.SOON).until(() -> seen.began.size() == 1);

        assertThat(worker.drain(Duration.ofMillis(50))).isFalse();

        assertThat(seen.aborted).containsExactly("stopped");
        assertThat(bench.job(id).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(bench.job(id).attempt()).isZero();
        assertThat(bench.locks().inspect("job/" + id)).as("released").isEmpty();
        start(bench.worker("b").handlers(List.of(slowAtFirst)));
        bench.awaitState(id, JobState.SUCCEEDED);
        assertThat(bench.kinds(id))
                .containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.GIVEN_BACK, Kind.BEGAN, Kind.SUCCEEDED);
    }

    @Test
    void aClosedWorkerIsGoneFromTheListAndLeavesNoThread() {
        Worker worker = start(bench.worker("closing"));
        await().atMost(Bench.SOON)
                .until(() -> bench.store().workers(Instant.now()).stream()
                        .map(WorkerReport::worker)
                        .toList()
                        .equals(List.of("closing")));

        worker.close();
        worker.close();

        await().atMost(Bench.SOON)
                .untilAsserted(
                        () -> assertThat(bench.store().workers(Instant.now())).isEmpty());
        await().atMost(Bench.SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.contains("closing")));
    }

    @Test
    void aCloseAtAnyMomentLeavesOneEndForEachBegin() {
        for (int round = 0; round < 8; round++) {
            Seen told = new Seen();
            Worker worker = start(bench.worker("round" + round).observer(told));
            for (int i = 0; i < 40; i++) {
                bench.submit("sleep", "3");
            }
            int begun = 5 * round;
            await().atMost(Bench.SOON)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> told.began.size() >= begun);

            worker.close();

            assertThat(told.ended.size() + told.refused.size() + told.unrecorded.size())
                    .isEqualTo(told.began.size());
            assertThat(told.unrecorded).isEmpty();
        }
    }

    @Test
    void workThatOutlivesTheCloseEndsOnce() {
        Handlers.Deaf deaf = new Handlers.Deaf();
        Worker worker = start(bench.worker("a").observer(seen).handlers(List.of(deaf.handler)));
        JobId id = bench.submit("deaf", "");
        await().atMost(Bench.SOON).until(() -> deaf.began.getCount() == 0);
        // so that it does not wait
        Thread.currentThread().interrupt();
        worker.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(seen.ended).isEmpty();

        deaf.letGo.countDown();

        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.ended).containsExactly(Kind.GIVEN_BACK));
        await().atMost(Bench.SOON)
                .untilAsserted(() -> assertThat(threads("slot-a")).isEmpty());
        assertThat(seen.ended).hasSize(1);
        assertThat(seen.unrecorded).isEmpty();
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.GIVEN_BACK);
    }

    // ---- a leader

    @Test
    void whenTheLeaderIsCutOffAnotherTakesOverAndNothingIsLost() {
        CutBackend backend = new CutBackend(bench.space);
        Seen other = new Seen();
        start(bench.worker("first", bench.locks(backend))
                .dispatch(Dispatch.LEADER)
                .observer(seen));
        await().atMost(Bench.SOON).until(() -> seen.terms.stream().anyMatch(Optional::isPresent));
        start(bench.worker("second").dispatch(Dispatch.LEADER).observer(other));
        JobId before = bench.submit("noop", "");
        bench.awaitState(before, JobState.SUCCEEDED);

        backend.cut(true);
        List<JobId> after = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            after.add(bench.submit("noop", ""));
        }

        after.forEach(id -> bench.awaitState(id, JobState.SUCCEEDED));
        FencingToken firstTerm =
                seen.terms.stream().flatMap(Optional::stream).findFirst().orElseThrow();
        FencingToken secondTerm =
                other.terms.stream().flatMap(Optional::stream).findFirst().orElseThrow();
        assertThat(secondTerm).isGreaterThan(firstTerm);
        assertThat(seen.terms.get(seen.terms.size() - 1)).as("it knows").isEmpty();
        assertThat(other.terms.get(0)).as("told at the start").isEmpty();
        assertThat(after)
                .allSatisfy(
                        id -> assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.SUCCEEDED));
    }

    @Test
    void aClosedLeaderResignsAndItsSilentJobsAreTakenOver() throws Exception {
        Worker first = start(bench.worker("first").dispatch(Dispatch.LEADER).observer(seen));
        await().atMost(Bench.SOON).until(() -> seen.terms.stream().anyMatch(Optional::isPresent));
        JobId id = bench.submit("noop", "");
        beginAndFallSilent(id);
        first.close();

        Seen other = new Seen();
        start(bench.worker("second").dispatch(Dispatch.LEADER).observer(other));

        bench.awaitState(id, JobState.SUCCEEDED);
        assertThat(bench.kinds(id)).containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.TOOK_OVER, Kind.SUCCEEDED);
    }

    // ---- options

    @Test
    void handlersAreFoundByServiceLoaderUnlessTheyAreGiven() {
        start(Worker.builder(bench.store(), bench.locks()).name("loads").ttl(Duration.ofSeconds(5)));
        assertThat(bench.awaitState(bench.submit("loaded", ""), JobState.SUCCEEDED)
                        .worker())
                .contains("loads");
    }

    @Test
    void optionsOutOfTheirRangeAreRefused() {
        JobStore store = bench.store();
        LockClient locks = bench.locks();
        Worker.Builder builder = Worker.builder(store, locks);
        assertThatThrownBy(() -> builder.slots(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
        assertThatThrownBy(() -> builder.name("a b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a b");
        assertThatThrownBy(() -> builder.ttl(Duration.ofMillis(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.poll(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.httpTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.ttl(Duration.ofDays(3650)).start())
                .as("more than the provider can")
                .isInstanceOf(IllegalArgumentException.class);
        JobHandler again = Handlers.of("noop", context -> {});
        assertThatThrownBy(() ->
                        Worker.builder(store, locks).handlers(List.of(again)).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("noop");
    }
}
