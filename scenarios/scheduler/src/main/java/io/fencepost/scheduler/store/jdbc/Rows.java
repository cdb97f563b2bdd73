package io.fencepost.scheduler.store.jdbc;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.Micros;
import io.fencepost.scheduler.store.SpecText;
import io.fencepost.scheduler.store.WorkerReport;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the rows of the tables mean. */
final class Rows {
    /** The columns that {@link #job} reads, of {@code jobs JOIN specs}. */
    static final String JOB = "seq, id, tenant, priority, state, due, next, run, attempt, fence, worker, began, error,"
            + " submitted, changed, events, spec";

    /** The columns that {@link #due} reads. */
    static final String DUE = "id, tenant, priority, state, next";

    /** The columns that {@link #event} reads, of {@code job_history AS h JOIN jobs AS j}. */
    static final String EVENT = "j.id, h.number, h.at, h.kind, h.state, h.run, h.attempt, h.token, h.worker, h.detail";

    /** A job and its key. */
    record Kept(long seq, Job job) {}

    private Rows() {}

    /** Without its payload. */
    static Kept job(ResultSet row) throws SQLException {
        return job(row, new byte[0]);
    }

    /** With the payload in the column after those of {@link #JOB}. */
    static Kept jobWithPayload(ResultSet row) throws SQLException {
        byte @Nullable [] payload = row.getBytes(18);
        return job(row, payload == null ? new byte[0] : payload);
    }

    private static Kept job(ResultSet row, byte[] payload) throws SQLException {
        Job job = new Job(
                SpecText.read(new JobId(row.getString(2)), row.getString(3), row.getInt(4), payload, row.getString(17)),
                JobState.valueOf(row.getString(5)),
                instant(row, 6),
                instant(row, 7),
                row.getLong(8),
                row.getInt(9),
                token(row, 10),
                Optional.ofNullable(row.getString(11)),
                row.getObject(12) == null ? Optional.empty() : Optional.of(instant(row, 12)),
                Optional.ofNullable(row.getString(13)),
                instant(row, 14),
                instant(row, 15),
                row.getLong(16));
        return new Kept(row.getLong(1), job);
    }

    static DueJob due(ResultSet row) throws SQLException {
        return new DueJob(
                new JobId(row.getString(1)),
                row.getString(2),
                row.getInt(3),
                JobState.valueOf(row.getString(4)),
                instant(row, 5));
    }

    static JobEvent event(ResultSet row) throws SQLException {
        return new JobEvent(
                new JobId(row.getString(1)),
                row.getLong(2),
                instant(row, 3),
                JobEvent.Kind.valueOf(row.getString(4)),
                JobState.valueOf(row.getString(5)),
                row.getLong(6),
                row.getInt(7),
                token(row, 8),
                Optional.ofNullable(row.getString(9)),
                row.getString(10));
    }

    static WorkerReport report(ResultSet row) throws SQLException {
        return new WorkerReport(
                row.getString(1), instant(row, 2), instant(row, 3), row.getInt(4), row.getInt(5), row.getInt(6) != 0);
    }

    private static Optional<FencingToken> token(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return value == 0 ? Optional.empty() : Optional.of(new FencingToken(value));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return Micros.instant(row.getLong(column));
    }
}
