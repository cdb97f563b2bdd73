package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.Ending;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.Limits;
import io.fencepost.scheduler.store.Micros;
import io.fencepost.scheduler.store.SpecText;
import io.fencepost.scheduler.store.Steps;
import io.fencepost.scheduler.store.StoreException;
import io.fencepost.scheduler.store.WorkerReport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store over Cassandra: any number of processes and machines, and no node whose loss stops it while a quorum of the replicas is there.
 *
 * <p><b>The truth</b> about a job is one partition: the job in static columns, its history in the rows. A change is one conditional batch in it, so one round of Paxos: the job and its history change together,
 * if the count of its events is still the one that the change was decided by. Changes of a job are linearizable by that; the token of a worker was compared with the fence of exactly the job that is
 * replaced.
 *
 * <p><b>Unanswered changes</b> may have happened, and may still happen at any later time. So they are made again, by the same condition: one of the two copies finds the count that it wants and the other never
 * will. If the count has moved on, a serial read shows whether that was this change, as {@link Steps} tells.
 *
 * <p><b>The index</b> by which due jobs are found is hints, written before the change that they belong to and removed after the next. A process killed in between leaves one that is found out by whoever follows
 * it ({@code number} tells), never a job that nobody finds; see {@link PollIndex} and {@link Upkeep} for processes that are stopped for long in between. A running job is looked at ten seconds after it began,
 * and from then on by every poll of the process that looked.
 *
 * <p><b>What it guarantees.</b> What a method returned from was written to a quorum of the replicas, and survives the death of any process of the scheduler, and of a minority of the replicas. It assumes that
 * replicas keep what they acknowledged (Cassandra syncs its log every ten seconds by default; {@code commitlog_sync: batch} or {@code group} makes it survive the power cut of all of them too), that rows
 * of {@code job_history} are written by this class alone, and that all use the same {@code consistency}. Wall clocks decide when something is due, nothing else; where they differ by more than a minute, jobs
 * may be found up to ten minutes late.
 *
 * <p><b>What is weaker here than in the embedded store:</b> {@link #counts} is some seconds old, {@link #recent} knows the last hour, {@link #list} reads all jobs until it has found as many as were asked for.
 */
public final class CassandraJobStore implements JobStore {
    private static final int SUBMIT_TOGETHER = 32;
    private static final int LOOK_BACK = 1000;
    private static final int MOST_REMEMBERED = 20_000;
    private static final int FEWEST_LOOKED_AT = 64;
    private static final int MOST_RUNNING = 1000;
    private static final int LATE_REMOVALS = 64;
    private static final Duration REPORT_TTL = Duration.ofMinutes(1);
    private static final Duration FIRST_IGNORE = Duration.ofMillis(100);
    private static final Duration MOST_IGNORE = Duration.ofMinutes(1);
    private static final Duration FORGET = Duration.ofMinutes(2);
    private static final Duration RECENT = Duration.ofHours(1);
    private static final Duration REWRITE = PollIndex.MARGIN.dividedBy(2);
    private static final Duration VERIFY = Duration.ofSeconds(1);
    private static final long MINUTE_MICROS = Duration.ofMinutes(1).toNanos() / 1000;
    private static final Logger LOG = LoggerFactory.getLogger(CassandraJobStore.class);
    private static final Comparator<DueJob> ORDER = Comparator.comparing(DueJob::tenant)
            .thenComparing(Comparator.comparingInt(DueJob::priority).reversed())
            .thenComparing(DueJob::next);

    /** A running job that a poll came across. */
    private record Watched(Entry entry, long verifiedNanos) {
        static Watched unverified(Entry entry) {
            return new Watched(entry, System.nanoTime() - VERIFY.toNanos());
        }

        /** Whether it was running lately. */
        boolean isVerified() {
            return System.nanoTime() - verifiedNanos < VERIFY.toNanos();
        }
    }

    /** A hint that led nowhere, so many times: of a change that is being made, most often, and seldom of one that never was. */
    private record Ignored(Entry entry, long untilNanos, int times) {
        /** Whether that one is meant, and not one of another change of the same number. */
        boolean isOf(Entry other) {
            return other.number() == entry.number()
                    && other.began() == entry.began()
                    && (other.isRunning() || other.ready() == entry.ready());
        }

        boolean isForgotten() {
            return System.nanoTime() - untilNanos > FORGET.toNanos();
        }
    }

    /** Where an assignment is written. */
    private record Assignment(long term, String worker, long n) {}

    /** Up to where a worker's assignments of a term are begun. */
    private record Consumed(long term, long low) {}

    private final Statements cql;
    private final PollIndex index;
    private final Upkeep upkeep;
    private final Set<String> knownTenants = ConcurrentHashMap.newKeySet();
    private final Map<String, Truth> running = new ConcurrentHashMap<>();
    private final Map<String, Entry> seen = new ConcurrentHashMap<>();
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();
    private final Map<String, Ignored> ignored = new ConcurrentHashMap<>();
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();
    private final Map<String, Assignment> assignments = new ConcurrentHashMap<>();
    private final Set<Assignment> ended = ConcurrentHashMap.newKeySet();
    private final Map<String, Consumed> consumed = new ConcurrentHashMap<>();
    private final Object assigning = new Object();
    private long lastAssignment;

    private CassandraJobStore(Statements cql) {
        this.cql = cql;
        this.index = new PollIndex(cql);
        this.upkeep = new Upkeep(cql, index);
    }

    /**
     * Opens {@code cassandra://[user:password@]host1:9042,host2:9042/keyspace?option=value}. Options: {@code localDatacenter} (default: that of the hosts), {@code consistency} ({@code quorum} or
     * {@code local-quorum}; all who share a keyspace use the same), {@code connectTimeout} (100 ms to 5 min, default 10 s), {@code operationTimeout} (1 s to 1 min, default 15 s), {@code createSchema}
     * (default true: keyspace and tables that are missing are created), {@code replicationFactor} (1 to 99, default 3; of a keyspace that is created). Connections are not encrypted.
     *
     * @throws IllegalArgumentException if the URI is malformed; the message names the value and what is allowed
     * @throws StoreException if the servers cannot be reached or the keyspace cannot be used
     */
    public static CassandraJobStore open(String uri) {
        return new CassandraJobStore(new Connection(CassandraStoreOptions.read(uri)).open());
    }

    @Override
    public List<JobId> submit(List<Job> jobs) {
        Map<JobId, Job> first = new LinkedHashMap<>();
        jobs.forEach(job -> first.putIfAbsent(job.id(), job));
        Set<JobId> known = ConcurrentHashMap.newKeySet();
        Semaphore free = new Semaphore(SUBMIT_TOGETHER);
        List<CompletableFuture<?>> underWay = new ArrayList<>();
        for (Job job : first.values()) {
            free.acquireUninterruptibly();
            underWay.add(add(job, known)
                    .whenComplete((done, fault) -> free.release())
                    .toCompletableFuture());
        }
        List<Job> unanswered = new ArrayList<>();
        int number = 0;
        for (Job job : first.values()) {
            try {
                Answers.orFault(underWay.get(number++));
            } catch (DriverException e) {
                unanswered.add(job);
            }
        }
        for (Job job : unanswered) {
            if (!addAgain(job)) {
                known.add(job.id());
            }
        }
        return jobs.stream()
                .filter(job -> known.contains(job.id())
                        || !first.getOrDefault(job.id(), job).equals(job))
                .map(Job::id)
                .toList();
    }

    /** One try, without waiting. */
    private CompletionStage<?> add(Job job, Set<JobId> known) {
        long started = System.nanoTime();
        long ready = Entry.ready(job, Instant.now());
        return prepare(job, ready)
                .thenCompose(done -> cql.once(submission(job, ready)))
                .thenCompose(answer -> {
                    if (answer.wasApplied()) {
                        tell(Steps.submitted(job));
                        return enterLate(job, ready, started);
                    }
                    return cql.rows(cql.serial(cql.job.bind(job.id().value()))).thenApply(rows -> {
                        if (!isThis(job, rows)) {
                            known.add(job.id());
                        }
                        return false;
                    });
                });
    }

    /** Again if pollers may have passed by the entry before it was written. */
    private CompletionStage<Boolean> enterLate(Job job, long ready, long started) {
        boolean late = ready != 0 && System.nanoTime() - started > REWRITE.toNanos();
        return late
                ? index.enter(Entry.of(job, Entry.ready(job, Instant.now()))).thenApply(done -> true)
                : CompletableFuture.completedFuture(true);
    }

    /** What has to be there before the job is: it may be due at once. */
    private CompletionStage<?> prepare(Job job, long ready) {
        CompletionStage<?> entry =
                ready == 0 ? CompletableFuture.completedFuture(true) : index.enter(Entry.of(job, ready));
        String tenant = job.spec().tenant();
        if (knownTenants.contains(tenant)) {
            return entry;
        }
        return cql.plain(cql.tenant.bind(tenant))
                .thenApply(done -> knownTenants.add(tenant))
                .thenCombine(entry, (one, other) -> one);
    }

    /** Until it is known what became of it. */
    private boolean addAgain(Job job) {
        Pauses pauses = new Pauses(cql.operationTimeout());
        Set<JobId> known = ConcurrentHashMap.newKeySet();
        while (true) {
            try {
                Answers.orFault(add(job, known));
                return known.isEmpty();
            } catch (DriverException e) {
                if (!pauses.next()) {
                    throw Answers.failed(e);
                }
            }
        }
    }

    /** Whether the job that is there is the one that was submitted, by a call whose answer was lost. */
    private static boolean isThis(Job job, List<Row> rows) {
        return rows.stream()
                .map(Truth::of)
                .allMatch(truth -> truth.job().submitted().equals(Micros.kept(job.submitted()))
                        && SpecText.of(truth.job().spec()).equals(SpecText.of(job.spec())));
    }

    private BoundStatement submission(Job job, long ready) {
        BoundStatementBuilder statement = Statements.transaction(
                        cql.submit, job.id().value())
                .setString("tenant", job.spec().tenant())
                .setInt("priority", job.spec().priority())
                .setString("spec", SpecText.of(job.spec()))
                .setByteBuffer("payload", ByteBuffer.wrap(job.spec().payload()))
                .setLong("submitted", Micros.of(job.submitted()));
        return event(state(statement, job, ready), Steps.submitted(job)).build();
    }

    private static BoundStatementBuilder state(BoundStatementBuilder statement, Job job, long ready) {
        return statement
                .setString("state", job.state().name())
                .setLong("due", Micros.of(job.due()))
                .setLong("next", Micros.of(job.next()))
                .setLong("ready", ready)
                .setLong("run", job.run())
                .setInt("attempt", job.attempt())
                .setLong("changed", Micros.of(job.changed()))
                .setLong("events", job.events());
    }

    private static BoundStatementBuilder event(BoundStatementBuilder statement, JobEvent event) {
        return statement
                .setLong("at", Micros.of(event.at()))
                .setString("kind", event.kind().name())
                .setString("after", event.state().name())
                .setLong("of_run", event.run())
                .setInt("of_attempt", event.attempt())
                .set("by_token", number(event.token()), Long.class)
                .setString("by_worker", event.worker().orElse(null))
                .setString("detail", event.detail());
    }

    private static @Nullable Long number(Optional<FencingToken> token) {
        return token.map(FencingToken::value).orElse(null);
    }

    @Override
    public Optional<Job> find(JobId id) {
        return Answers.of(cql.rows(cql.jobWithPayload.bind(id.value()))).stream()
                .map(row -> Truth.withPayload(row).job())
                .findFirst();
    }

    @Override
    public List<DueJob> due(Instant now, Instant silentSince, int perTenant) {
        Limits.perTenant(perTenant);
        upkeep.polled();
        ignored.values().removeIf(Ignored::isForgotten);
        long at = Micros.of(now);
        Map<String, Entry> scheduled = new HashMap<>();
        Map<String, Entry> begun = new HashMap<>();
        for (Entry entry : index.poll(
                at, Math.max(2 * perTenant, FEWEST_LOOKED_AT) + 2 * Math.min(ignored.size(), MOST_RUNNING))) {
            // the newest may be of a change that never comes: it is no reason to remove those before it
            if (!isIgnored(entry)) {
                (entry.isRunning() ? begun : scheduled).merge(entry.job(), entry, Entry::newer);
            }
        }
        long wall = Math.max(at, Micros.of(Instant.now()));
        begun.values().forEach(entry -> watch(entry, wall));
        // its try may be over, and the next one due
        scheduled.forEach((job, entry) -> watched.computeIfPresent(
                job,
                (same, watch) -> watch.entry().number() < entry.number() ? Watched.unverified(watch.entry()) : watch));
        List<DueJob> found = silent(Micros.of(silentSince));
        Set<JobId> silent = found.stream().map(DueJob::id).collect(Collectors.toSet());
        Map<String, List<DueJob>> byTenant = new TreeMap<>();
        for (Entry entry : scheduled.values()) {
            if (isBegun(entry)) {
                index.remove(entry);
            } else if (!silent.contains(new JobId(entry.job()))) {
                remember(seen, entry.job(), entry);
                byTenant.computeIfAbsent(entry.lane().tenant(), tenant -> new ArrayList<>())
                        .add(dueJob(entry, JobState.SCHEDULED));
            }
        }
        byTenant.values()
                .forEach(jobs -> jobs.stream().sorted(ORDER).limit(perTenant).forEach(found::add));
        found.sort(ORDER);
        return found;
    }

    /** From now on, by every poll; its entry is put off, so that polls need not read it. */
    private void watch(Entry entry, long now) {
        Entry later = entry.later(now);
        try {
            Answers.of(index.enter(later));
        } catch (StoreException e) {
            LOG.debug("cassandra: the entry of job '{}' stays where it is, for the next poll", entry.job(), e);
            return;
        }
        index.remove(entry);
        watched.merge(
                entry.job(),
                Watched.unverified(later),
                (known, fresh) ->
                        known.entry().number() == later.number() ? new Watched(later, known.verifiedNanos()) : fresh);
    }

    /** Whether the job is known to have gone on, to a try that runs. */
    private boolean isBegun(Entry entry) {
        Watched watch = watched.get(entry.job());
        return watch != null && watch.isVerified() && watch.entry().number() >= entry.number();
    }

    private static DueJob dueJob(Entry entry, JobState state) {
        return new DueJob(
                new JobId(entry.job()),
                entry.lane().tenant(),
                entry.lane().priority(),
                state,
                Micros.instant(entry.next()));
    }

    private boolean isIgnored(Entry entry) {
        Ignored hint = ignored.get(entry.job());
        if (hint == null) {
            return false;
        }
        return hint.isOf(entry) && System.nanoTime() - hint.untilNanos() < 0;
    }

    /** Of the running jobs that polls came across, those that run still and began before. */
    private List<DueJob> silent(long since) {
        List<DueJob> found = new ArrayList<>();
        Map<String, CompletableFuture<List<Row>>> asked = new HashMap<>();
        watched.forEach((job, watch) -> {
            if (!watch.isVerified()) {
                asked.put(job, cql.rows(cql.job.bind(job)).toCompletableFuture());
            }
        });
        asked.forEach((job, rows) -> {
            Watched watch = watched.get(job);
            Optional<Truth> truth;
            try {
                truth = Answers.of(rows).stream().map(Truth::of).findFirst();
                unreadable.remove(job);
            } catch (RuntimeException e) {
                // one that cannot be read keeps nobody from the others
                if (unreadable.add(job)) {
                    LOG.warn("cassandra: running job '{}' cannot be looked at", job, e);
                }
                return;
            }
            if (watch == null) {
                return;
            }
            if (truth.filter(is -> is.job().events() == watch.entry().number()
                            && is.job().state() == JobState.RUNNING)
                    .isPresent()) {
                watched.replace(job, watch, new Watched(watch.entry(), System.nanoTime()));
            } else {
                watched.remove(job, watch);
                settle(
                        watch.entry(),
                        truth.map(is -> is.job().events()).orElse(0L),
                        truth.map(is -> is.job().state()));
                // the entry was of a begin that never was, or another one took its place here
                truth.flatMap(Truth::entry)
                        .filter(Entry::isRunning)
                        .ifPresent(is -> watched.putIfAbsent(job, new Watched(is, System.nanoTime())));
            }
        });
        List<Watched> watches = new ArrayList<>(watched.values());
        Collections.shuffle(watches);
        watches.stream()
                .map(Watched::entry)
                .filter(entry -> entry.began() < since)
                .limit(MOST_RUNNING)
                .forEach(entry -> found.add(dueJob(entry, JobState.RUNNING)));
        return found;
    }

    /**
     * A hint that was followed.
     *
     * @param events the count that was found
     * @param state of the job, if that is known too
     */
    private Entry.Fate settle(Entry entry, long events, Optional<JobState> state) {
        Entry.Fate fate = entry.fate(events, state, Instant.now());
        if (fate == Entry.Fate.OBSOLETE) {
            index.remove(entry);
            ignored.remove(entry.job());
        } else if (fate == Entry.Fate.AHEAD) {
            Ignored before = ignored.get(entry.job());
            int times = before != null && before.isOf(entry) ? Math.min(before.times() + 1, 20) : 0;
            Duration pause = FIRST_IGNORE.multipliedBy(1L << times);
            long nanos = Math.min(pause.toNanos(), MOST_IGNORE.toNanos());
            remember(ignored, entry.job(), new Ignored(entry, System.nanoTime() + nanos, times));
        }
        return fate;
    }

    /** What is forgotten costs a read or a vain attempt, no more. */
    private static <T> void remember(Map<String, T> map, String job, T value) {
        if (map.size() >= MOST_REMEMBERED) {
            map.clear();
        }
        map.put(job, value);
    }

    @Override
    public Change begin(JobId id, FencingToken token, String worker, Instant now) {
        Instant at = Micros.kept(now);
        return change(id, true, (job, past) -> Steps.begin(job, token, worker, at));
    }

    @Override
    public Change end(JobId id, FencingToken token, String worker, Ending ending, Instant now) {
        Instant at = Micros.kept(now);
        return change(id, false, (job, past) -> Steps.end(job, token, worker, ending, at, past));
    }

    @Override
    public Change cancel(JobId id, String reason, Instant now) {
        Instant at = Micros.kept(now);
        return change(id, false, (job, past) -> Steps.cancel(job, reason, at, past));
    }

    @Override
    public Change retry(JobId id, Instant now) {
        Instant at = Micros.kept(now);
        return change(id, false, (job, past) -> Steps.retry(job, at, past));
    }

    private interface Rule {
        Steps.Verdict apply(Job job, Supplier<List<JobEvent>> newestFirst);
    }

    private Change change(JobId id, boolean begins, Rule rule) {
        Pauses pauses = new Pauses(cql.operationTimeout());
        // what this process began is as it left it, most of the time; the condition tells
        Truth guess = begins ? null : running.remove(id.value());
        boolean serial = false;
        while (true) {
            try {
                Optional<Truth> truth = guess != null ? Optional.of(guess) : Answers.orFault(truth(id, begins, serial));
                boolean guessed = guess != null;
                guess = null;
                Optional<Change> answer = attempt(id, truth, serial && !guessed, begins, rule);
                if (answer.isPresent()) {
                    return answer.get();
                }
                serial = true;
            } catch (DriverException e) {
                serial = true;
                if (!pauses.next()) {
                    throw Answers.failed(e);
                }
            }
        }
    }

    /**
     * Carries out a change of the job as it was read.
     *
     * @param certain whether it was read so that no transaction is under way beside it
     * @param begins whether a try is to begin
     * @return empty if the job is another meanwhile, or may be
     */
    private Optional<Change> attempt(JobId id, Optional<Truth> truth, boolean certain, boolean begins, Rule rule) {
        if (truth.isEmpty()) {
            return certain ? Optional.of(done(id, 0, new Change.Unknown())) : Optional.empty();
        }
        Truth before = truth.get();
        long events = before.job().events();
        Steps.Verdict verdict = rule.apply(before.job(), () -> newestFirst(id));
        if (verdict instanceof Steps.Answer answer) {
            // fences only grow, so that what is stale stays so; and no try that was asked for before can begin what has
            // ended
            boolean isCertain = certain
                    || answer.change() instanceof Change.Stale
                    || (begins && before.job().state().isFinal());
            return isCertain ? Optional.of(done(id, events, answer.change())) : Optional.empty();
        }
        Steps.Step step = (Steps.Step) verdict;
        Job after = step.job();
        long started = System.nanoTime();
        long ready = Entry.ready(after, Instant.now());
        if (ready != 0) {
            Answers.orFault(index.enter(Entry.of(after, ready)));
        }
        AsyncResultSet answer = Answers.orFault(cql.once(change(before, step, ready)));
        if (!answer.wasApplied()) {
            return Optional.empty();
        }
        Answers.orFault(enterLate(after, ready, started));
        before.entry().ifPresent(index::remove);
        tell(step.event());
        if (after.state() == JobState.RUNNING) {
            remember(running, id.value(), new Truth(withoutPayload(after), ready));
        }
        return Optional.of(done(id, after.events(), new Change.Accepted(after)));
    }

    private Change done(JobId id, long events, Change change) {
        Optional<JobState> state = stateAfter(change);
        Entry hint = seen.remove(id.value());
        if (hint != null) {
            settle(hint, events, state);
        }
        Watched watch = watched.get(id.value());
        if (watch != null && watch.entry().number() != events && watched.remove(id.value(), watch)) {
            settle(watch.entry(), events, state);
        }
        Assignment assignment = assignments.remove(id.value());
        if (assignment != null) {
            unassign(assignment);
        }
        return change;
    }

    private static Optional<JobState> stateAfter(Change change) {
        if (change instanceof Change.Accepted accepted) {
            return Optional.of(accepted.job().state());
        }
        return change instanceof Change.NotPossible refused
                ? Optional.of(refused.job().state())
                : Optional.empty();
    }

    private static Job withoutPayload(Job job) {
        JobSpec spec = job.spec();
        return new Job(
                new JobSpec(
                        spec.id(),
                        spec.tenant(),
                        spec.priority(),
                        spec.work(),
                        new byte[0],
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

    private CompletionStage<Optional<Truth>> truth(JobId id, boolean withPayload, boolean serial) {
        BoundStatement read = (withPayload ? cql.jobWithPayload : cql.job).bind(id.value());
        return cql.rows(serial ? cql.serial(read) : read)
                .thenApply(rows -> rows.stream()
                        .map(row -> withPayload ? Truth.withPayload(row) : Truth.of(row))
                        .findFirst());
    }

    private BoundStatement change(Truth before, Steps.Step step, long ready) {
        Job job = step.job();
        BoundStatementBuilder statement = Statements.transaction(
                        cql.step, job.id().value())
                .set("fence", number(job.fence()), Long.class)
                .setString("worker", job.worker().orElse(null))
                .set("began", job.began().map(Micros::of).orElse(null), Long.class)
                .setString("error", job.error().orElse(null))
                .setLong("before", before.job().events());
        return event(state(statement, job, ready), step.event()).build();
    }

    private List<JobEvent> newestFirst(JobId id) {
        return Answers.orFault(cql.rows(cql.newestFirst.bind(id.value(), LOOK_BACK))).stream()
                .map(Truth::event)
                .toList();
    }

    @Override
    public List<Job> list(Filter filter, Optional<JobId> after, int limit) {
        Limits.page(limit);
        List<Job> found = new ArrayList<>();
        BoundStatement read = after.isPresent() ? cql.scanAfter.bind(after.get().value()) : cql.scan.bind();
        Pages rows = cql.pages(read);
        while (found.size() < limit && rows.hasNext()) {
            Job job = Truth.of(rows.next()).job();
            if (filter.tenant()
                            .filter(tenant -> !tenant.equals(job.spec().tenant()))
                            .isEmpty()
                    && filter.state().filter(state -> state != job.state()).isEmpty()) {
                found.add(job);
            }
        }
        return found;
    }

    @Override
    public List<JobEvent> history(JobId id) {
        return Answers.of(cql.rows(cql.history.bind(id.value()))).stream()
                .map(Truth::event)
                .toList();
    }

    /** For those who look on; that it happened is in the history, whether this arrives or not. */
    private void tell(JobEvent event) {
        long at = Micros.of(event.at());
        cql.plain(cql.tell
                .boundStatementBuilder(
                        Math.floorDiv(at, MINUTE_MICROS),
                        at,
                        event.job().value(),
                        event.number(),
                        event.kind().name(),
                        event.state().name(),
                        event.run(),
                        event.attempt())
                .set("by_token", number(event.token()), Long.class)
                .setString("worker", event.worker().orElse(null))
                .setString("detail", event.detail())
                .build());
    }

    @Override
    public List<JobEvent> recent(Instant since, int limit) {
        Limits.events(limit);
        Instant now = Instant.now();
        Instant from = since.isBefore(now.minus(RECENT)) ? now.minus(RECENT) : since;
        long last = Math.floorDiv(Micros.of(now), MINUTE_MICROS) + 1;
        List<JobEvent> found = new ArrayList<>();
        for (long minute = Math.floorDiv(Micros.of(from), MINUTE_MICROS); minute <= last; minute++) {
            int left = limit - found.size();
            if (left <= 0) {
                return found;
            }
            Answers.of(cql.rows(cql.told.bind(minute, Micros.of(from), left)))
                    .forEach(row -> found.add(Truth.event(row)));
        }
        return found;
    }

    @Override
    public Map<JobState, Long> counts() {
        return upkeep.counts();
    }

    @Override
    public void weigh(String tenant, int weight) {
        Limits.weight(weight);
        Answers.of(cql.plain(cql.weigh.bind(tenant, weight)));
    }

    @Override
    public Map<String, Integer> weights() {
        Map<String, Integer> weights = new TreeMap<>();
        for (Row row : Answers.of(cql.rows(cql.weights.bind()))) {
            weights.put(
                    Objects.requireNonNull(row.getString("tenant")), row.isNull("weight") ? 1 : row.getInt("weight"));
        }
        return weights;
    }

    @Override
    public void report(WorkerReport report, Duration validFor) {
        Limits.validFor(validFor);
        Instant expires = report.reported().plus(validFor);
        Answers.of(cql.plain(cql.report.bind(
                report.worker(),
                Micros.of(report.started()),
                Micros.of(report.reported()),
                report.slots(),
                report.running(),
                report.draining(),
                Micros.of(expires),
                (int) REPORT_TTL.plus(validFor).toSeconds())));
    }

    @Override
    public List<WorkerReport> workers(Instant now) {
        return Answers.of(cql.rows(cql.workers.bind())).stream()
                .filter(row -> row.getLong("expires") > Micros.of(now))
                .map(row -> new WorkerReport(
                        Objects.requireNonNull(row.getString("worker")),
                        Micros.instant(row.getLong("started")),
                        Micros.instant(row.getLong("reported")),
                        row.getInt("slots"),
                        row.getInt("running"),
                        row.getBoolean("draining")))
                .toList();
    }

    @Override
    public boolean assign(FencingToken term, Map<JobId, String> workerByJob, Instant now) {
        if (!isAccepted(term.value())) {
            return false;
        }
        Map<JobId, DueJob> jobs = new HashMap<>();
        for (JobId id : workerByJob.keySet()) {
            known(id).ifPresent(job -> jobs.put(id, job));
        }
        List<CompletableFuture<?>> writes = new ArrayList<>();
        synchronized (assigning) {
            workerByJob.forEach((id, worker) -> {
                DueJob job = jobs.get(id);
                if (job != null) {
                    lastAssignment = Math.max(lastAssignment + 1, Micros.of(Instant.now()));
                    Assignment assignment = new Assignment(term.value(), worker, lastAssignment);
                    writes.add(cql.plain(cql.assign.bind(
                                    assignment.term(),
                                    worker,
                                    assignment.n(),
                                    id.value(),
                                    job.tenant(),
                                    job.priority(),
                                    job.state().name(),
                                    Micros.of(job.next())))
                            .toCompletableFuture());
                    Assignment older = assignments.get(id.value());
                    remember(assignments, id.value(), assignment);
                    if (older != null) {
                        unassign(older);
                    }
                }
            });
        }
        writes.forEach(Answers::of);
        // what was written by an outdated leader is where nobody looks
        return currentTerm(false) == term.value();
    }

    /** What the poll told of it, or else the truth; empty if it cannot be begun. */
    private Optional<DueJob> known(JobId id) {
        if (assignments.containsKey(id.value()) && leadsNowhere(id)) {
            return Optional.empty();
        }
        Optional<DueJob> polled = Optional.ofNullable(seen.get(id.value()))
                .map(entry -> dueJob(entry, JobState.SCHEDULED))
                .or(() -> Optional.ofNullable(watched.get(id.value()))
                        .map(watch -> dueJob(watch.entry(), JobState.RUNNING)));
        return polled.or(() -> Answers.of(truth(id, false, false))
                .map(Truth::job)
                .filter(job -> !job.state().isFinal())
                .map(job -> new DueJob(id, job.spec().tenant(), job.spec().priority(), job.state(), job.next())));
    }

    /** Of one that was given out before and polled again: whoever got it may have found that out, in another process. */
    private boolean leadsNowhere(JobId id) {
        Entry hint = seen.get(id.value());
        if (hint == null) {
            return false;
        }
        Optional<Job> job = Answers.of(truth(id, false, false)).map(Truth::job);
        boolean nowhere = settle(hint, job.map(Job::events).orElse(0L), job.map(Job::state)) != Entry.Fate.TRUE;
        if (nowhere) {
            seen.remove(id.value(), hint);
        }
        return nowhere;
    }

    private void unassign(Assignment assignment) {
        if (ended.size() >= MOST_REMEMBERED) {
            ended.clear();
        }
        ended.add(assignment);
        cql.plain(cql.unassign.bind(assignment.term(), assignment.worker(), assignment.n()));
    }

    private boolean isAccepted(long term) {
        Pauses pauses = new Pauses(cql.operationTimeout());
        while (true) {
            try {
                long current = currentTerm(true);
                if (current >= term) {
                    return current == term;
                }
                BoundStatement write = current == 0 ? cql.firstTerm.bind(term) : cql.nextTerm.bind(term, term);
                if (Answers.orFault(cql.once(write)).wasApplied()) {
                    return true;
                }
            } catch (DriverException e) {
                if (!pauses.next()) {
                    throw Answers.failed(e);
                }
            }
        }
    }

    /** 0 if there was none yet. */
    private long currentTerm(boolean serial) {
        BoundStatement read = cql.term.bind();
        return Answers.of(cql.rows(serial ? cql.serial(read) : read)).stream()
                .map(row -> row.getLong("term"))
                .findFirst()
                .orElse(0L);
    }

    @Override
    public List<DueJob> assigned(String worker, int limit) {
        Limits.assigned(limit);
        long term = currentTerm(false);
        Consumed from = consumed.getOrDefault(worker, new Consumed(term, 0));
        long low = from.term() == term ? from.low() : 0;
        List<DueJob> found = new ArrayList<>();
        List<Row> rows = Answers.of(cql.rows(cql.assigned.bind(term, worker, low, limit + LATE_REMOVALS)));
        boolean first = true;
        for (Row row : rows) {
            Assignment assignment = new Assignment(term, worker, row.getLong("n"));
            if (ended.contains(assignment) || found.size() == limit) {
                continue;
            }
            if (first) {
                remember(consumed, worker, new Consumed(term, assignment.n()));
                first = false;
            }
            String job = Objects.requireNonNull(row.getString("job"));
            remember(assignments, job, assignment);
            found.add(new DueJob(
                    new JobId(job),
                    Objects.requireNonNull(row.getString("tenant")),
                    row.getInt("priority"),
                    JobState.valueOf(Objects.requireNonNull(row.getString("state"))),
                    Micros.instant(row.getLong("next"))));
        }
        return found;
    }

    @Override
    public void close() {
        upkeep.close();
        cql.close();
    }
}
