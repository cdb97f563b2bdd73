package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The session and what is prepared in it. */
final class Statements implements AutoCloseable {
    /** Of a job, without its payload. */
    static final String JOB =
            "job, tenant, priority, spec, state, due, next, ready, run, attempt, fence, worker, began,"
                    + " error, submitted, changed, events";

    private static final String EVENT =
            "job, number, at, kind, after AS state, of_run AS run, of_attempt AS attempt, by_token, by_worker AS"
                    + " worker, detail";

    private static final int PAGE = 500;

    private final CqlSession session;
    private final ConsistencyLevel serial;
    private final Duration operationTimeout;

    final PreparedStatement job;
    final PreparedStatement jobWithPayload;
    final PreparedStatement submit;
    final PreparedStatement step;
    final PreparedStatement history;
    final PreparedStatement newestFirst;
    final PreparedStatement scan;
    final PreparedStatement scanAfter;
    final PreparedStatement scanStates;

    final PreparedStatement enter;
    final PreparedStatement remove;
    final PreparedStatement look;
    final PreparedStatement entry;
    final PreparedStatement openLane;
    final PreparedStatement lowerLane;
    final PreparedStatement closeLane;
    final PreparedStatement lanes;

    final PreparedStatement tell;
    final PreparedStatement told;
    final PreparedStatement tenant;
    final PreparedStatement weigh;
    final PreparedStatement weights;
    final PreparedStatement report;
    final PreparedStatement workers;
    final PreparedStatement term;
    final PreparedStatement firstTerm;
    final PreparedStatement nextTerm;
    final PreparedStatement assign;
    final PreparedStatement unassign;
    final PreparedStatement assigned;
    final PreparedStatement kept;
    final PreparedStatement keep;

    Statements(CqlSession session, CassandraStoreOptions options) {
        this.session = session;
        this.serial = options.consistency().serial();
        this.operationTimeout = options.operationTimeout();
        String space = '"' + options.keyspace() + "\".";
        String truth = space + "job_history";

        job = session.prepare("SELECT DISTINCT " + JOB + " FROM " + truth + " WHERE job = ?");
        jobWithPayload = session.prepare("SELECT DISTINCT " + JOB + ", payload FROM " + truth + " WHERE job = ?");
        String event = "INSERT INTO " + truth
                + " (job, number, at, kind, after, of_run, of_attempt, by_token, by_worker, detail) VALUES"
                + " (:job, :events, :at, :kind, :after, :of_run, :of_attempt, :by_token, :by_worker, :detail);";
        submit = session.prepare("BEGIN BATCH UPDATE " + truth
                + " SET tenant = :tenant, priority = :priority, spec = :spec, payload = :payload, state = :state,"
                + " due = :due, next = :next, ready = :ready, run = :run, attempt = :attempt, submitted = :submitted,"
                + " changed = :changed, events = :events WHERE job = :job IF events = null; " + event
                + " APPLY BATCH");
        step = session.prepare("BEGIN BATCH UPDATE " + truth
                + " SET state = :state, due = :due, next = :next, ready = :ready, run = :run, attempt = :attempt,"
                + " fence = :fence, worker = :worker, began = :began, error = :error, changed = :changed,"
                + " events = :events WHERE job = :job IF events = :before; " + event + " APPLY BATCH");
        history = session.prepare("SELECT " + EVENT + " FROM " + truth + " WHERE job = ?");
        newestFirst =
                session.prepare("SELECT " + EVENT + " FROM " + truth + " WHERE job = ? ORDER BY number DESC LIMIT ?");
        scan = session.prepare("SELECT DISTINCT " + JOB + " FROM " + truth);
        scanAfter = session.prepare("SELECT DISTINCT " + JOB + " FROM " + truth + " WHERE token(job) > token(?)");
        scanStates = session.prepare("SELECT DISTINCT job, state FROM " + truth);

        String jobs = space + "jobs";
        enter = session.prepare("INSERT INTO " + jobs
                + " (lane, hour, ready, job, number, tenant, priority, next, began) VALUES (?, ?, ?, ?, ?, ?,"
                + " ?, ?, ?)");
        remove = session.prepare(
                "DELETE FROM " + jobs + " WHERE lane = ? AND hour = ? AND ready = ? AND job = ? AND number = ?");
        look = session.prepare("SELECT lane, hour, ready, job, number, tenant, priority, next, began FROM " + jobs
                + " WHERE lane = ? AND hour = ? AND ready >= ? AND ready <= ? LIMIT ?");
        entry = session.prepare(
                "SELECT number FROM " + jobs + " WHERE lane = ? AND hour = ? AND ready = ? AND job = ? AND number = ?");
        String lane = space + "hours";
        openLane =
                session.prepare("INSERT INTO " + lane + " (one, lane, hour, tenant, priority) VALUES (0, ?, ?, ?, ?)");
        lowerLane = session.prepare(
                "INSERT INTO " + lane + " (one, lane, hour, tenant, priority, low) VALUES (0, ?, ?, ?, ?, ?)");
        closeLane = session.prepare("DELETE FROM " + lane + " WHERE one = 0 AND lane = ? AND hour = ?");
        lanes = session.prepare(
                "SELECT lane, hour, tenant, priority, low FROM " + lane + " WHERE one = 0 AND hour <= ?");

        tell = session.prepare("INSERT INTO " + space
                + "events (minute, at, job, number, kind, state, run, attempt, by_token, worker, detail)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        told = session.prepare("SELECT job, number, at, kind, state, run, attempt, by_token, worker, detail FROM "
                + space + "events WHERE minute = ? AND at >= ? LIMIT ?");
        tenant = session.prepare("INSERT INTO " + space + "tenants (one, tenant) VALUES (0, ?)");
        weigh = session.prepare("INSERT INTO " + space + "tenants (one, tenant, weight) VALUES (0, ?, ?)");
        weights = session.prepare("SELECT tenant, weight FROM " + space + "tenants WHERE one = 0");
        report = session.prepare("INSERT INTO " + space
                + "workers (one, worker, started, reported, slots, running, draining, expires)"
                + " VALUES (0, ?, ?, ?, ?, ?, ?, ?) USING TTL ?");
        workers = session.prepare("SELECT worker, started, reported, slots, running, draining, expires FROM " + space
                + "workers WHERE one = 0");
        term = session.prepare("SELECT term FROM " + space + "terms WHERE one = 0");
        firstTerm = session.prepare("UPDATE " + space + "terms SET term = ? WHERE one = 0 IF term = null");
        nextTerm = session.prepare("UPDATE " + space + "terms SET term = ? WHERE one = 0 IF term < ?");
        assign = session.prepare("INSERT INTO " + space
                + "assignments (term, worker, n, job, tenant, priority, state, next) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        unassign = session.prepare("DELETE FROM " + space + "assignments WHERE term = ? AND worker = ? AND n = ?");
        assigned = session.prepare("SELECT n, job, tenant, priority, state, next FROM " + space
                + "assignments WHERE term = ? AND worker = ? AND n >= ? LIMIT ?");
        kept = session.prepare("SELECT kept FROM " + space + "upkeep WHERE one = 0");
        keep = session.prepare("INSERT INTO " + space + "upkeep (one, kept) VALUES (0, ?)");
    }

    Duration operationTimeout() {
        return operationTimeout;
    }

    /** A read that sees what any transaction did that was answered, and settles those that have begun. */
    BoundStatement serial(BoundStatement read) {
        return read.setConsistencyLevel(serial).setIdempotent(true);
    }

    /** A transaction in the partition of a job, sent to one of its replicas. */
    static BoundStatementBuilder transaction(PreparedStatement statement, String job) {
        return statement
                .boundStatementBuilder()
                .setString("job", job)
                .setRoutingKey(TypeCodecs.TEXT.encode(job, ProtocolVersion.V4))
                .setIdempotence(false);
    }

    /** A read or write that may be repeated. */
    CompletionStage<AsyncResultSet> plain(BoundStatement statement) {
        return ask(statement.setIdempotent(true));
    }

    CompletionStage<AsyncResultSet> once(BoundStatement statement) {
        return ask(statement.setIdempotent(false));
    }

    private CompletionStage<AsyncResultSet> ask(BoundStatement statement) {
        try {
            return session.executeAsync(statement);
        } catch (IllegalStateException e) {
            // the store was closed meanwhile
            return CompletableFuture.failedFuture(e);
        }
    }

    /** All rows, of what may be too many to have them all at once. */
    Pages pages(BoundStatement statement) {
        return new Pages(Answers.of(plain(statement.setPageSize(PAGE))));
    }

    /** All rows of all pages. */
    CompletionStage<List<Row>> rows(BoundStatement statement) {
        return plain(statement).thenCompose(page -> collect(page, new ArrayList<>()));
    }

    private static CompletionStage<List<Row>> collect(AsyncResultSet page, List<Row> rows) {
        page.currentPage().forEach(rows::add);
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(next -> collect(next, rows))
                : CompletableFuture.completedFuture(rows);
    }

    @Override
    public void close() {
        session.close();
    }
}
