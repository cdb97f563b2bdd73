package io.fencepost.scheduler.store.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.datastax.oss.driver.api.core.CqlSession;
import io.fencepost.infra.Clusters;
import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.Crashes;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.Ending;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStoreContract;
import io.fencepost.scheduler.store.JobStores;
import io.fencepost.scheduler.store.Micros;
import io.fencepost.scheduler.store.Steps;
import io.fencepost.scheduler.store.StoreException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract over three nodes, and what is this store's own. */
class CassandraJobStoreIT extends JobStoreContract {
    private static final String OPTIONS = "?localDatacenter=datacenter1&connectTimeout=30s&operationTimeout=30s";

    private static Optional<JobStore> store = Optional.empty();
    private static Optional<JobStore> another = Optional.empty();

    @BeforeAll
    static void open() {
        store = Optional.of(JobStores.open(uri("fencepost_scheduler_it")));
        another = Optional.of(JobStores.open(uri("fencepost_scheduler_it")));
    }

    @AfterAll
    static void close() {
        store.ifPresent(JobStore::close);
        another.ifPresent(JobStore::close);
    }

    private static String uri(String keyspace) {
        return "cassandra://" + String.join(",", Clusters.cassandra().addresses()) + "/" + keyspace + OPTIONS;
    }

    @Override
    protected JobStore store() {
        return store.orElseThrow();
    }

    @Override
    protected JobStore another() {
        return another.orElseThrow();
    }

    private Job job(String tenant) {
        JobSpec spec = JobSpec.of(JobId.random(), new Work.HandlerCall("noop"), new byte[9], new Schedule.At(now));
        return Job.submitted(
                new JobSpec(
                        spec.id(),
                        tenant,
                        5,
                        spec.work(),
                        spec.payload(),
                        spec.schedule(),
                        spec.retries(),
                        spec.deadline(),
                        spec.misfire()),
                now,
                now);
    }

    @Test
    void whatWasAcknowledgedIsThereAfterKills() throws Exception {
        String keyspace = "fencepost_crash_" + Long.toString(System.nanoTime(), 36);
        JobStores.open(uri(keyspace)).close();
        Crashes.survives(uri(keyspace), 2, 20_261_122);
        assertThat(keyspace).hasSizeLessThan(48);
    }

    /** As left by a process that was killed between the entry and the change, long ago. */
    @Test
    void anEntryWithoutItsChangeLeadsNowhereAndIsIgnored() {
        Statements cql = new Connection(CassandraStoreOptions.read(uri("fencepost_scheduler_it"))).open();
        try {
            String tenant = "orphan-" + JobId.random();
            Job never = job(tenant);
            Answers.of(new PollIndex(cql).enter(Entry.of(never, Micros.of(now))));
            try (JobStore fresh = JobStores.open(uri("fencepost_scheduler_it"))) {
                assertThat(mine(fresh, tenant)).extracting(DueJob::id).containsExactly(never.id());
                // left alone for longer with every vain attempt, at first for less than a slow poll takes
                Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    assertThat(fresh.begin(never.id(), new FencingToken(1), "w", now))
                            .isEqualTo(new Change.Unknown());
                    assertThat(mine(fresh, tenant)).isEmpty();
                });
            }
        } finally {
            cql.close();
        }
    }

    /** As left by a process that was stopped between the entry and the change until nobody looked for the entry any more, and killed after the change. */
    @Test
    void aJobThatNoPollerFindsIsFoundAgainByUpkeep() {
        Statements cql = new Connection(CassandraStoreOptions.read(uri("fencepost_scheduler_it"))).open();
        try (JobStore fresh = JobStores.open(uri("fencepost_scheduler_it"))) {
            PollIndex index = new PollIndex(cql);
            String tenant = "lost-" + JobId.random();
            Job job = job(tenant);
            store().submit(List.of(job));
            Job other = job(tenant);
            store().submit(List.of(other));
            Entry hint = hintOf(cql, job);
            index.remove(hint);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !index.finds(hint));
            assertThat(mine(fresh, tenant)).extracting(DueJob::id).containsExactly(other.id());

            Upkeep upkeep = new Upkeep(cql, index);
            assertThat(upkeep.keep(Instant.now(), Duration.ZERO)).isPositive();
            assertThat(mine(fresh, tenant)).extracting(DueJob::id).containsExactlyInAnyOrder(job.id(), other.id());
            upkeep.close();
        } finally {
            cql.close();
        }
    }

    private static CqlSession session() {
        String[] address = Clusters.cassandra().addresses().get(0).split(":", 2);
        return CqlSession.builder()
                .addContactPoint(new InetSocketAddress(address[0], Integer.parseInt(address[1])))
                .withLocalDatacenter("datacenter1")
                .build();
    }

    private static Entry hintOf(Statements cql, Job job) {
        return Truth.of(Answers.of(cql.rows(cql.job.bind(job.id().value()))).get(0))
                .entry()
                .orElseThrow();
    }

    /** As left by a try that was begun elsewhere while the job's end was told: it has the number of that end. */
    @Test
    void aHintOfAChangeThatLostHidesNothing() {
        Statements cql = new Connection(CassandraStoreOptions.read(uri("fencepost_scheduler_it"))).open();
        try {
            String tenant = "lost-race-" + JobId.random();
            Job job = job(tenant);
            store().submit(List.of(job));
            Job running = ((Change.Accepted) store().begin(job.id(), new FencingToken(1), "w", now)).job();
            Job loser = ((Steps.Step) Steps.begin(running, new FencingToken(2), "loser", now)).job();
            Answers.of(new PollIndex(cql).enter(Entry.of(loser, Micros.of(now))));
            store().end(job.id(), new FencingToken(1), "w", new Ending.GivenBack(""), now);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(mine(another(), tenant))
                            .extracting(DueJob::id, DueJob::state)
                            .containsExactly(tuple(job.id(), JobState.SCHEDULED)));
        } finally {
            cql.close();
        }
    }

    /** As left by a process that was killed between the entry of a try and its begin. */
    @Test
    void aHintOfABeginThatNeverWasHidesNoJob() {
        Statements cql = new Connection(CassandraStoreOptions.read(uri("fencepost_scheduler_it"))).open();
        try (JobStore fresh = JobStores.open(uri("fencepost_scheduler_it"))) {
            String tenant = "never-begun-" + JobId.random();
            Job job = job(tenant);
            store().submit(List.of(job));
            Entry hint = hintOf(cql, job);
            Job never = ((Steps.Step) Steps.begin(job, new FencingToken(1), "w", now)).job();
            PollIndex index = new PollIndex(cql);
            Answers.of(index.enter(Entry.of(never, Micros.of(now))));
            for (int poll = 0; poll < 3; poll++) {
                assertThat(mine(fresh, tenant))
                        .extracting(DueJob::id, DueJob::state)
                        .containsExactly(tuple(job.id(), JobState.SCHEDULED));
            }
            assertThat(index.finds(hint)).isTrue();
            assertThat(fresh.begin(job.id(), new FencingToken(2), "w", now)).isInstanceOf(Change.Accepted.class);
        } finally {
            cql.close();
        }
    }

    /** As left by a process that was killed between the entry of a takeover and the takeover. */
    @Test
    void aHintOfATakeoverThatNeverWasHidesNoSilentJob() {
        Statements cql = new Connection(CassandraStoreOptions.read(uri("fencepost_scheduler_it"))).open();
        try (JobStore fresh = JobStores.open(uri("fencepost_scheduler_it"))) {
            String tenant = "never-taken-" + JobId.random();
            Job job = job(tenant);
            store().submit(List.of(job));
            Job begun = ((Change.Accepted) store().begin(job.id(), new FencingToken(1), "dead", now)).job();
            Job never = ((Steps.Step) Steps.begin(begun, new FencingToken(2), "dead too", now)).job();
            PollIndex index = new PollIndex(cql);
            Answers.of(index.enter(Entry.of(begun, Micros.of(now))));
            Answers.of(index.enter(Entry.of(never, Micros.of(now))));
            Instant later = Instant.now().plusSeconds(1);
            for (int poll = 0; poll < 3; poll++) {
                assertThat(fresh.due(later, later, 50))
                        .filteredOn(due -> due.tenant().equals(tenant))
                        .extracting(DueJob::id, DueJob::state)
                        .containsExactly(tuple(job.id(), JobState.RUNNING));
            }
        } finally {
            cql.close();
        }
    }

    /** As left by a process that was killed right after a begin. */
    @Test
    void anEntryOfAJobThatWasBegunIsRemovedOnceItIsSeenToRun() {
        Statements cql = new Connection(CassandraStoreOptions.read(uri("fencepost_scheduler_it"))).open();
        try (JobStore fresh = JobStores.open(uri("fencepost_scheduler_it"))) {
            String tenant = "left-behind-" + JobId.random();
            Job job = job(tenant);
            store().submit(List.of(job));
            Entry hint = hintOf(cql, job);
            Job begun = ((Change.Accepted) store().begin(job.id(), new FencingToken(1), "w", now)).job();
            PollIndex index = new PollIndex(cql);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !index.finds(hint));
            Answers.of(index.enter(hint));
            Answers.of(index.enter(Entry.of(begun, Micros.of(now))));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> mine(fresh, tenant).isEmpty() && !index.finds(hint));
            assertThat(fresh.find(job.id())).get().extracting(Job::state).isEqualTo(JobState.RUNNING);
        } finally {
            cql.close();
        }
    }

    @Test
    void whatAProcessSubmitsItFindsAtOnceAlsoInALaneOfItsOwn() {
        assertThat(mine(store(), "nobody")).isEmpty();
        Job job = job("first-" + JobId.random());
        store().submit(List.of(job));
        assertThat(mine(store(), job.spec().tenant())).extracting(DueJob::id).containsExactly(job.id());
    }

    /** Of a process that was stopped after it looked at the clock, when others have read on. */
    @Test
    void whatIsSubmittedByAnOldClockReadingIsFoundAtOnce() {
        String tenant = "stopped-" + JobId.random();
        store().submit(List.of(job(tenant)));
        assertThat(mine(another(), tenant)).hasSize(1);
        Instant old = now.minus(Duration.ofMinutes(10));
        Job late = Job.submitted(job(tenant).spec(), old, old);
        store().submit(List.of(late));
        assertThat(mine(another(), tenant)).hasSize(2).extracting(DueJob::id).contains(late.id());
    }

    @Test
    void upkeepLeavesOutARowThatIsNotWhole() {
        Statements cql = new Connection(CassandraStoreOptions.read(uri("fencepost_scheduler_it"))).open();
        String broken = JobId.random().value();
        CqlSession session = session();
        try {
            session.execute("INSERT INTO fencepost_scheduler_it.job_history (job, spec) VALUES (?, '')", broken);
            PollIndex index = new PollIndex(cql);
            String tenant = "beside-" + JobId.random();
            List<Job> jobs = IntStream.range(0, 20).mapToObj(i -> job(tenant)).toList();
            store().submit(jobs);
            jobs.forEach(job -> index.remove(hintOf(cql, job)));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> jobs.stream().noneMatch(job -> index.finds(hintOf(cql, job))));
            try (Upkeep upkeep = new Upkeep(cql, index)) {
                // on both sides of it in the order of the partitions
                assertThat(upkeep.keep(Instant.now(), Duration.ZERO)).isGreaterThanOrEqualTo(jobs.size());
                assertThat(upkeep.counts()).isNotEmpty();
            }
            assertThat(mine(another(), tenant)).hasSize(jobs.size());
        } finally {
            session.execute("DELETE FROM fencepost_scheduler_it.job_history WHERE job = ?", broken);
            session.close();
            cql.close();
        }
    }

    private static List<DueJob> mine(JobStore store, String tenant) {
        return store.due(Instant.now().plusSeconds(1), Instant.EPOCH, 50).stream()
                .filter(job -> job.tenant().equals(tenant))
                .toList();
    }

    @Test
    void whatIsMalformedIsRefusedAndWhoIsNotThereIsNotWaitedForLong() {
        assertThatThrownBy(() -> JobStores.open("cassandra://127.0.0.1:9042"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keyspace");
        assertThatThrownBy(() -> JobStores.open("cassandra://127.0.0.1:9042/jobs?consistency=one"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one")
                .hasMessageContaining("quorum");
        assertThatThrownBy(() -> JobStores.open("cassandra://me@127.0.0.1:9042/jobs"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("password");
        assertThatThrownBy(() -> JobStores.open("cassandra://127.0.0.1:1/jobs?localDatacenter=dc1&connectTimeout=2s"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void anotherStoreTakesOverARunningJobWithoutHavingSeenIt() {
        Job job = job("takeover-" + JobId.random());
        store().submit(List.of(job));
        store().begin(job.id(), new FencingToken(1), "dead", now);
        Change taken = another().begin(job.id(), new FencingToken(2), "alive", now);
        assertThat(taken).isInstanceOf(Change.Accepted.class);
        assertThat(((Change.Accepted) taken).job().state()).isEqualTo(JobState.RUNNING);
        // decided by what the first store remembers of its run, which is outdated
        assertThat(store().end(job.id(), new FencingToken(1), "dead", new Ending.Succeeded(Optional.empty(), ""), now))
                .isEqualTo(new Change.Stale(new FencingToken(2)));
    }
}
