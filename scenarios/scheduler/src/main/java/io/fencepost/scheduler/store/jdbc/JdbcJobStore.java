package io.fencepost.scheduler.store.jdbc;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
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
import io.fencepost.scheduler.store.jdbc.Rows.Kept;
import io.fencepost.scheduler.store.jdbc.Writer.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The embedded store: one file of SQLite, shared by any number of processes of one machine.
 *
 * <p><b>What it guarantees.</b> A change and its entry in the history are one transaction, and a method returns after its transaction was committed with {@code synchronous=FULL} in a write-ahead log: it
 * survives SIGKILL of any process at any instant, and a power cut as far as the disk keeps what it was told to sync. Transactions that write exclude each other, so what a change was decided by is still so
 * when it is written; the token of a worker is compared with the job's fence there.
 *
 * <p><b>What it assumes.</b> A local file system: locks over a network often do not exclude, and a log in shared memory cannot be shared between machines. The files {@code <file>-wal} and {@code <file>-shm}
 * belong to the database and are not to be deleted or copied apart from it; {@code <file>-turn} is empty.
 *
 * <p><b>What it costs.</b> A sync of the disk for each commit; the writes of one process that come while one is being committed share the next. Polling reads indexes by tenant and priority, and only what it
 * returns, however many jobs are due.
 *
 * <p><b>Where it waits.</b> A write waits for those of other processes, for ten seconds at most: five for its turn, and five for SQLite's lock. While a process is
 * stopped in the middle of a transaction, methods that write throw after that time, or twice that if others of this process were waiting before; they go on when that process does, or is killed. Reads
 * are not kept back by writes.
 */
public final class JdbcJobStore implements JobStore {
    /** How many jobs a transaction adds, and how much payload, so that others get their turn. */
    private static final int MOST_TOGETHER = 1000;

    private static final long MOST_BYTES_TOGETHER = 16L << 20;
    private static final int MOST_RUNNING = 1000;
    private static final int LOOK_BACK = 1000;
    private static final Duration FORGET_WORKERS = Duration.ofDays(1);

    /** One row for each tenant and priority of which something is due, found by steps from one to the next. */
    static final String LANES = "WITH RECURSIVE lane (seq, tenant, priority, next) AS ("
            + "SELECT * FROM (SELECT seq, tenant, priority, next FROM jobs INDEXED BY jobs_due"
            + " WHERE state = 'SCHEDULED' ORDER BY tenant, priority, next LIMIT 1) UNION ALL"
            + " SELECT j.seq, j.tenant, j.priority, j.next FROM lane CROSS JOIN jobs AS j ON j.seq = coalesce("
            // not by one comparison of pairs, of which SQLite searches by the first half and tries the rest
            + "(SELECT k.seq FROM jobs AS k INDEXED BY jobs_due WHERE k.state = 'SCHEDULED' AND k.tenant = lane.tenant"
            + " AND k.priority > lane.priority ORDER BY k.priority, k.next LIMIT 1),"
            + " (SELECT k.seq FROM jobs AS k INDEXED BY jobs_due WHERE k.state = 'SCHEDULED' AND k.tenant > lane.tenant"
            + " ORDER BY k.tenant, k.priority, k.next LIMIT 1)))"
            + " SELECT tenant, priority FROM lane WHERE next <= ? ORDER BY tenant, priority DESC";

    static final String DUE =
            "SELECT " + Rows.DUE + " FROM jobs INDEXED BY jobs_due WHERE state = 'SCHEDULED' AND tenant = ?"
                    + " AND priority = ? AND next <= ? ORDER BY next LIMIT ?";
    static final String SILENT = "SELECT " + Rows.DUE + " FROM jobs INDEXED BY jobs_running"
            + " WHERE state = 'RUNNING' AND began < ? ORDER BY random() LIMIT " + MOST_RUNNING;
    static final String ASSIGNED = "SELECT " + Rows.DUE + " FROM jobs WHERE assigned_to = ? AND assigned_to IS NOT NULL"
            + " ORDER BY assigned_at LIMIT ?";

    private static final String FROM_JOBS = " FROM jobs JOIN specs ON specs.job = jobs.seq ";
    private static final String FROM_HISTORY = " FROM job_history AS h JOIN jobs AS j ON j.seq = h.job ";

    private static final Comparator<DueJob> ORDER = Comparator.comparing(DueJob::tenant)
            .thenComparing(Comparator.comparingInt(DueJob::priority).reversed())
            .thenComparing(DueJob::next);

    private final Turns turns;
    private final Link link;
    private final Writer writer;
    private final Readers readers;
    private final Set<String> knownTenants = ConcurrentHashMap.newKeySet();

    private JdbcJobStore(Database database, Turns turns, Link link) {
        this.turns = turns;
        this.link = link;
        this.writer =
                new Writer(link, turns, "fencepost-store-" + database.file().getFileName());
        this.readers = new Readers(database);
    }

    /**
     * Opens {@code sqlite:<file>}.
     *
     * @throws IllegalArgumentException if that names no file in a folder that exists
     * @throws StoreException if the file cannot be opened, or is not a store
     */
    public static JdbcJobStore open(String uri) {
        String name = uri.startsWith("sqlite:") ? uri.substring("sqlite:".length()) : "";
        if (name.isBlank() || name.contains("?") || name.startsWith("//")) {
            throw new IllegalArgumentException(
                    "the embedded store is sqlite:<file>, a path without '?' such as sqlite:/var/lib/jobs.db, not '"
                            + uri + "'");
        }
        try {
            return open(Path.of(name));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("the embedded store is sqlite:<file>, not '" + uri + "'", e);
        }
    }

    /**
     * Opens a file, or makes it.
     *
     * @throws IllegalArgumentException if it is a folder, or in none that exists
     * @throws StoreException if the file cannot be opened, or is not a store
     */
    public static JdbcJobStore open(Path file) {
        Path path = file.toAbsolutePath();
        Path folder = path.getParent();
        if (Files.isDirectory(path) || folder == null || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "the embedded store is a file in a folder that exists, unlike '" + file + "'");
        }
        try {
            return open(new Database(path));
        } catch (SQLException | IOException e) {
            throw new StoreException("cannot open the store " + path + ": " + e.getMessage(), e);
        }
    }

    static JdbcJobStore open(Database database) throws SQLException, IOException {
        Turns turns = database.turns();
        try {
            Link link;
            Turns.Turn turn = turns.take();
            try {
                link = database.writer();
                try {
                    database.prepare(link);
                } catch (SQLException | RuntimeException e) {
                    link.close();
                    throw e;
                }
            } finally {
                turn.give();
            }
            return new JdbcJobStore(database, turns, link);
        } catch (SQLException | RuntimeException e) {
            turns.close();
            throw e;
        }
    }

    @Override
    public List<JobId> submit(List<Job> jobs) {
        List<JobId> known = new ArrayList<>();
        int from = 0;
        while (from < jobs.size()) {
            int to = from;
            long bytes = 0;
            while (to < jobs.size() && to - from < MOST_TOGETHER && bytes < MOST_BYTES_TOGETHER) {
                bytes += jobs.get(to).spec().payload().length;
                to++;
            }
            List<Job> some = jobs.subList(from, to);
            known.addAll(writer.run(transaction -> add(transaction, some)));
            some.forEach(job -> knownTenants.add(job.spec().tenant()));
            from = to;
        }
        return known;
    }

    private List<JobId> add(Transaction transaction, List<Job> jobs) throws SQLException {
        List<JobId> known = new ArrayList<>();
        for (Job job : jobs) {
            if (!add(transaction, job)) {
                known.add(job.id());
            }
        }
        return known;
    }

    private boolean add(Transaction transaction, Job job) throws SQLException {
        Link link = transaction.link();
        String text = SpecText.of(job.spec());
        Optional<Long> seq = link.one(
                "INSERT INTO jobs (id, tenant, priority, state, due, next, run, attempt, submitted, changed, events)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING seq",
                row -> row.getLong(1),
                job.id().value(),
                job.spec().tenant(),
                job.spec().priority(),
                job.state().name(),
                Micros.of(job.due()),
                Micros.of(job.next()),
                job.run(),
                job.attempt(),
                Micros.of(job.submitted()),
                Micros.of(job.changed()),
                job.events());
        if (seq.isEmpty()) {
            return link.one(
                            "SELECT 1" + FROM_JOBS + "WHERE id = ? AND submitted = ? AND spec = ?",
                            row -> row.getInt(1),
                            job.id().value(),
                            Micros.of(job.submitted()),
                            text)
                    .isPresent();
        }
        link.update(
                "INSERT INTO specs (job, spec, payload) VALUES (?, ?, ?)",
                seq.get(),
                text,
                job.spec().payload());
        write(link, seq.get(), Steps.submitted(job));
        transaction.count(job.state(), 1);
        if (!knownTenants.contains(job.spec().tenant())) {
            link.update(
                    "INSERT INTO tenants (tenant, weight) VALUES (?, 1) ON CONFLICT DO NOTHING",
                    job.spec().tenant());
        }
        return true;
    }

    @Override
    public Optional<Job> find(JobId id) {
        return readers.run(link -> withPayload(link, id)).map(Kept::job);
    }

    @Override
    public List<DueJob> due(Instant now, Instant silentSince, int perTenant) {
        Limits.perTenant(perTenant);
        return readers.run(link -> {
            List<DueJob> found = new ArrayList<>(link.list(SILENT, Rows::due, Micros.of(silentSince)));
            record Lane(String tenant, int priority) {}
            String tenant = "";
            int left = 0;
            for (Lane lane : link.list(LANES, row -> new Lane(row.getString(1), row.getInt(2)), Micros.of(now))) {
                if (!lane.tenant().equals(tenant)) {
                    tenant = lane.tenant();
                    left = perTenant;
                }
                if (left > 0) {
                    List<DueJob> some = link.list(DUE, Rows::due, lane.tenant(), lane.priority(), Micros.of(now), left);
                    left -= some.size();
                    found.addAll(some);
                }
            }
            found.sort(ORDER);
            return found;
        });
    }

    @Override
    public Change begin(JobId id, FencingToken token, String worker, Instant now) {
        Instant at = Micros.kept(now);
        return writer.run(transaction -> {
            Optional<Kept> kept = withPayload(transaction.link(), id);
            return carryOut(transaction, kept, job -> Steps.begin(job, token, worker, at));
        });
    }

    @Override
    public Change end(JobId id, FencingToken token, String worker, Ending ending, Instant now) {
        Instant at = Micros.kept(now);
        return change(id, (job, past) -> Steps.end(job, token, worker, ending, at, past));
    }

    @Override
    public Change cancel(JobId id, String reason, Instant now) {
        Instant at = Micros.kept(now);
        return change(id, (job, past) -> Steps.cancel(job, reason, at, past));
    }

    @Override
    public Change retry(JobId id, Instant now) {
        Instant at = Micros.kept(now);
        return change(id, (job, past) -> Steps.retry(job, at, past));
    }

    private interface Rule {
        Steps.Verdict apply(Job job, Supplier<List<JobEvent>> newestFirst);
    }

    private interface Decision {
        Steps.Verdict of(Job job) throws SQLException;
    }

    private Change change(JobId id, Rule rule) {
        return writer.run(transaction -> {
            Link link = transaction.link();
            Optional<Kept> kept = link.one("SELECT " + Rows.JOB + FROM_JOBS + "WHERE id = ?", Rows::job, id.value());
            return carryOut(transaction, kept, job -> rule.apply(job, () -> newestFirst(link, id)));
        });
    }

    private static Change carryOut(Transaction transaction, Optional<Kept> kept, Decision decision)
            throws SQLException {
        if (kept.isEmpty()) {
            return new Change.Unknown();
        }
        Job before = kept.get().job();
        Steps.Verdict verdict = decision.of(before);
        if (verdict instanceof Steps.Answer answer) {
            return answer.change();
        }
        Steps.Step step = (Steps.Step) verdict;
        Job after = step.job();
        Link link = transaction.link();
        link.update(
                "UPDATE jobs SET state = ?, due = ?, next = ?, run = ?, attempt = ?, fence = ?, worker = ?, began = ?,"
                        + " error = ?, changed = ?, events = ?, assigned_to = NULL, assigned_at = NULL WHERE seq = ?",
                after.state().name(),
                Micros.of(after.due()),
                Micros.of(after.next()),
                after.run(),
                after.attempt(),
                after.fence().map(FencingToken::value).orElse(null),
                after.worker().orElse(null),
                after.began().map(Micros::of).orElse(null),
                after.error().orElse(null),
                Micros.of(after.changed()),
                after.events(),
                kept.get().seq());
        write(link, kept.get().seq(), step.event());
        if (before.state() != after.state()) {
            transaction.count(before.state(), -1);
            transaction.count(after.state(), 1);
        }
        return new Change.Accepted(after);
    }

    private static void write(Link link, long seq, JobEvent event) throws SQLException {
        link.update(
                "INSERT INTO job_history (job, number, at, kind, state, run, attempt, token, worker, detail)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                seq,
                event.number(),
                Micros.of(event.at()),
                event.kind().name(),
                event.state().name(),
                event.run(),
                event.attempt(),
                event.token().map(FencingToken::value).orElse(null),
                event.worker().orElse(null),
                event.detail());
    }

    private static Optional<Kept> withPayload(Link link, JobId id) throws SQLException {
        return link.one(
                "SELECT " + Rows.JOB + ", payload" + FROM_JOBS + "WHERE id = ?", Rows::jobWithPayload, id.value());
    }

    private static List<JobEvent> newestFirst(Link link, JobId id) {
        try {
            return link.list(
                    "SELECT " + Rows.EVENT + FROM_HISTORY + "WHERE j.id = ? ORDER BY h.number DESC LIMIT ?",
                    Rows::event,
                    id.value(),
                    LOOK_BACK);
        } catch (SQLException e) {
            throw new StoreException("the store could not read: " + e.getMessage(), e);
        }
    }

    @Override
    public List<Job> list(Filter filter, Optional<JobId> after, int limit) {
        Limits.page(limit);
        StringBuilder sql = new StringBuilder("SELECT " + Rows.JOB + FROM_JOBS + "WHERE id > ?");
        List<Object> values = new ArrayList<>();
        values.add(after.map(JobId::value).orElse(""));
        filter.tenant().ifPresent(tenant -> {
            sql.append(" AND tenant = ?");
            values.add(tenant);
        });
        filter.state().ifPresent(state -> {
            sql.append(" AND state = ?");
            values.add(state.name());
        });
        sql.append(" ORDER BY id LIMIT ?");
        values.add(limit);
        return readers.run(link -> link.list(sql.toString(), Rows::job, values.toArray())).stream()
                .map(Kept::job)
                .toList();
    }

    @Override
    public List<JobEvent> history(JobId id) {
        return readers.run(link -> link.list(
                "SELECT " + Rows.EVENT + FROM_HISTORY + "WHERE j.id = ? ORDER BY h.number", Rows::event, id.value()));
    }

    @Override
    public List<JobEvent> recent(Instant since, int limit) {
        Limits.events(limit);
        return readers.run(link -> link.list(
                "SELECT " + Rows.EVENT + FROM_HISTORY + "WHERE h.at >= ? ORDER BY h.at, h.job, h.number LIMIT ?",
                Rows::event,
                Micros.of(since),
                limit));
    }

    @Override
    public Map<JobState, Long> counts() {
        return readers.run(link -> {
            Map<JobState, Long> counts = new EnumMap<>(JobState.class);
            for (JobState state : JobState.values()) {
                counts.put(state, 0L);
            }
            link.list(
                    "SELECT state, n FROM counts",
                    row -> counts.put(JobState.valueOf(row.getString(1)), row.getLong(2)));
            return counts;
        });
    }

    @Override
    public void weigh(String tenant, int weight) {
        Limits.weight(weight);
        writer.run(transaction -> transaction
                .link()
                .update(
                        "INSERT INTO tenants (tenant, weight) VALUES (?1, ?2)"
                                + " ON CONFLICT (tenant) DO UPDATE SET weight = ?2",
                        tenant,
                        weight));
    }

    @Override
    public Map<String, Integer> weights() {
        return readers.run(link -> {
            Map<String, Integer> weights = new TreeMap<>();
            link.list("SELECT tenant, weight FROM tenants", row -> weights.put(row.getString(1), row.getInt(2)));
            return weights;
        });
    }

    @Override
    public void report(WorkerReport report, Duration validFor) {
        Limits.validFor(validFor);
        writer.run(transaction -> {
            transaction
                    .link()
                    .update(
                            "DELETE FROM workers WHERE expires < ?",
                            Micros.of(report.reported().minus(FORGET_WORKERS)));
            return transaction
                    .link()
                    .update(
                            "INSERT OR REPLACE INTO workers"
                                    + " (worker, started, reported, slots, running, draining, expires)"
                                    + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                            report.worker(),
                            Micros.of(report.started()),
                            Micros.of(report.reported()),
                            report.slots(),
                            report.running(),
                            report.draining() ? 1 : 0,
                            Micros.of(report.reported().plus(validFor)));
        });
    }

    @Override
    public List<WorkerReport> workers(Instant now) {
        return readers.run(link -> link.list(
                "SELECT worker, started, reported, slots, running, draining FROM workers WHERE expires > ?"
                        + " ORDER BY worker",
                Rows::report,
                Micros.of(now)));
    }

    @Override
    public boolean assign(FencingToken term, Map<JobId, String> workerByJob, Instant now) {
        return writer.run(transaction -> {
            Link link = transaction.link();
            Optional<Long> before = link.one(
                    "UPDATE leader SET term = ?1, assignments = assignments + ?2 WHERE term <= ?1"
                            + " RETURNING assignments - ?2",
                    row -> row.getLong(1),
                    term.value(),
                    workerByJob.size());
            if (before.isEmpty()) {
                return false;
            }
            long number = before.get();
            for (Map.Entry<JobId, String> assignment : workerByJob.entrySet()) {
                link.update(
                        "UPDATE jobs SET assigned_to = ?, assigned_at = ?"
                                + " WHERE id = ? AND state IN ('SCHEDULED', 'RUNNING')",
                        assignment.getValue(),
                        ++number,
                        assignment.getKey().value());
            }
            return true;
        });
    }

    @Override
    public List<DueJob> assigned(String worker, int limit) {
        Limits.assigned(limit);
        return readers.run(link -> link.list(ASSIGNED, Rows::due, worker, limit));
    }

    /** Waits for the writes that are under way, as long as they do. Calls after it fail. */
    @Override
    public void close() {
        try (turns;
                link;
                readers) {
            writer.close();
        } catch (SQLException | IOException e) {
            throw new StoreException("the store did not close: " + e.getMessage(), e);
        }
    }
}
