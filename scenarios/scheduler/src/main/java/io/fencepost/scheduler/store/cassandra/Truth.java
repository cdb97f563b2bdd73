package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.Micros;
import io.fencepost.scheduler.store.SpecText;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A job as its partition has it.
 *
 * @param ready of its entry in the index; 0 if it has none
 */
record Truth(Job job, long ready) {
    static Truth of(Row row) {
        return of(row, new byte[0]);
    }

    static Truth withPayload(Row row) {
        ByteBuffer payload = row.getByteBuffer("payload");
        byte[] bytes = new byte[payload == null ? 0 : payload.remaining()];
        if (payload != null) {
            payload.duplicate().get(bytes);
        }
        return of(row, bytes);
    }

    private static Truth of(Row row, byte[] payload) {
        Job job = new Job(
                SpecText.read(
                        new JobId(text(row, "job")),
                        text(row, "tenant"),
                        row.getInt("priority"),
                        payload,
                        text(row, "spec")),
                JobState.valueOf(text(row, "state")),
                instant(row, "due"),
                instant(row, "next"),
                row.getLong("run"),
                row.getInt("attempt"),
                token(row, "fence"),
                Optional.ofNullable(row.getString("worker")),
                row.isNull("began") ? Optional.empty() : Optional.of(instant(row, "began")),
                Optional.ofNullable(row.getString("error")),
                instant(row, "submitted"),
                instant(row, "changed"),
                row.getLong("events"));
        return new Truth(job, row.getLong("ready"));
    }

    static JobEvent event(Row row) {
        return new JobEvent(
                new JobId(text(row, "job")),
                row.getLong("number"),
                instant(row, "at"),
                JobEvent.Kind.valueOf(text(row, "kind")),
                JobState.valueOf(text(row, "state")),
                row.getLong("run"),
                row.getInt("attempt"),
                token(row, "by_token"),
                Optional.ofNullable(row.getString("worker")),
                text(row, "detail"));
    }

    /** Where pollers find it. */
    Optional<Entry> entry() {
        return ready == 0 ? Optional.empty() : Optional.of(Entry.of(job, ready));
    }

    private static String text(Row row, String column) {
        return Objects.requireNonNull(row.getString(column), column);
    }

    private static Optional<FencingToken> token(Row row, String column) {
        return row.isNull(column) ? Optional.empty() : Optional.of(new FencingToken(row.getLong(column)));
    }

    private static Instant instant(Row row, String column) {
        return Micros.instant(row.getLong(column));
    }
}
