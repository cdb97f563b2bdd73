package io.fencepost.lock.cassandra.fencing;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.NodeUnavailableException;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.fencing.FencedStore;
import io.fencepost.lock.fencing.FencedValue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fenced values by lightweight transactions: one row a key, one transaction a write.
 *
 * <p><b>Algorithm.</b> {@code UPDATE … IF write_id = ? AND fence <= ?} replaces an entry, and {@code IF write_id = null AND fence = null} makes it. A refusal answers with fence and write id as they are, without
 * the value. Looks and reads are at {@code SERIAL}, which completes what other transactions have agreed on; a look alone does not settle what became of an unanswered transaction, since that may begin at any
 * later time, so the guard sends it again under the same condition, until one of the two is applied and the other cannot be.
 *
 * <p><b>Assumes</b> Paxos with a majority of the replicas of a key. The value is deleted by {@code value = null}; the row is never deleted, so that the fence stays.
 *
 * <p><b>What breaks it.</b> Deleting rows, truncating the table or restoring a backup; writes to the table without a condition; clients at other consistency levels; a replica that comes back empty and is not repaired; a clock
 * that was ahead by more than {@code gc_grace_seconds} and set back, after which its writes hide later ones. As for the locks, see {@code CassandraLockBackend}.
 *
 * <p>Thread-safe.
 */
final class CassandraFencedStore implements FencedStore<FencedStore.Mark> {
    /** By which the driver's own limit may be late. */
    private static final Duration LATE = Duration.ofMillis(500);

    private final CqlSession session;
    private final PreparedStatement first;
    private final PreparedStatement next;
    private final PreparedStatement look;
    private final PreparedStatement read;

    CassandraFencedStore(CqlSession session, String table) {
        this.session = session;
        String set = "UPDATE " + table + " SET fence = ?, write_id = ?, value = ? WHERE name = ? IF ";
        first = session.prepare(writing(set + "write_id = null AND fence = null"));
        next = session.prepare(writing(set + "write_id = ? AND fence <= ?"));
        look = session.prepare(reading("SELECT fence, write_id FROM " + table + " WHERE name = ?"));
        read = session.prepare(reading("SELECT fence, value FROM " + table + " WHERE name = ?"));
    }

    private static SimpleStatement writing(String cql) {
        return SimpleStatement.newInstance(cql)
                .setConsistencyLevel(ConsistencyLevel.QUORUM)
                .setSerialConsistencyLevel(ConsistencyLevel.SERIAL)
                .setIdempotent(false);
    }

    private static SimpleStatement reading(String cql) {
        return SimpleStatement.newInstance(cql)
                .setConsistencyLevel(ConsistencyLevel.SERIAL)
                .setIdempotent(true);
    }

    @Override
    public Answer<Mark> replace(Optional<Mark> expected, Write write, Duration limit) {
        long token = write.token().value();
        @Nullable ByteBuffer value = write.value().map(ByteBuffer::wrap).orElse(null);
        BoundStatement statement = expected.isPresent()
                ? next.bind(
                        token, write.id(), value, write.key(), expected.get().writeId(), token)
                : first.bind(token, write.id(), value, write.key());
        AsyncResultSet answer;
        try {
            answer = await(statement, limit);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (isCertainlyNotExecuted(cause)) {
                throw new LockUnavailableException(String.valueOf(cause.getMessage()), cause);
            }
            throw new OutcomeUnknownException("no answer to a transaction: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new OutcomeUnknownException("no answer to a transaction within " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException("interrupted during a transaction", e);
        }
        return answer.wasApplied()
                ? new Answer.Applied<>(new Mark(write.token(), write.id()))
                : new Answer.Refused<>(mark(answer.one()));
    }

    @Override
    public Optional<Mark> look(String key, Duration limit) {
        return mark(row(look.bind(key), limit));
    }

    @Override
    public Optional<FencedValue> read(String key, Duration limit) {
        Row row = row(read.bind(key), limit);
        return row == null || row.isNull("value")
                ? Optional.empty()
                : Optional.of(new FencedValue(
                        new FencingToken(row.getLong("fence")),
                        bytes(Objects.requireNonNull(row.getByteBuffer("value")))));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Of a row, which lacks the columns where a transaction was refused because there is none. */
    private static Optional<Mark> mark(@Nullable Row row) {
        if (row == null || !row.getColumnDefinitions().contains("write_id")) {
            return Optional.empty();
        }
        @Nullable UUID writeId = row.getUuid("write_id");
        return writeId == null
                ? Optional.empty()
                : Optional.of(new Mark(new FencingToken(row.getLong("fence")), writeId));
    }

    private @Nullable Row row(BoundStatement statement, Duration limit) {
        try {
            return await(statement, limit).one();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new LockUnavailableException("no answer to a read: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new LockUnavailableException("no answer to a read within " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LockUnavailableException("interrupted during a read", e);
        }
    }

    private AsyncResultSet await(BoundStatement statement, Duration limit)
            throws ExecutionException, TimeoutException, InterruptedException {
        return session.executeAsync(statement.setTimeout(limit))
                .toCompletableFuture()
                .get(limit.plus(LATE).toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether no node began with it: as {@code CqlLockTable} judges, for each node that was tried. */
    private static boolean isCertainlyNotExecuted(Throwable cause) {
        if (cause instanceof AllNodesFailedException all) {
            Map<?, List<Throwable>> errors = all.getAllErrors();
            return errors.values().stream()
                    .flatMap(List::stream)
                    .allMatch(CassandraFencedStore::isCertainlyNotExecuted);
        }
        return cause instanceof NodeUnavailableException
                || cause instanceof BusyConnectionException
                || cause instanceof QueryValidationException
                || (cause instanceof UnavailableException unavailable
                        && unavailable.getConsistencyLevel().isSerial());
    }
}
