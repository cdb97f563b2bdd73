package io.fencepost.lock.fencing.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.fencing.FencedStore;
import io.fencepost.lock.fencing.FencedValue;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Fenced values in a table.
 *
 * <p><b>Algorithm.</b> An entry is replaced by one {@code UPDATE … WHERE write_id = ? AND fence <= ?}, and made by one {@code INSERT}, of which the primary key lets one win. Each commits by itself. A row is found
 * by a hash of its key, so that no collation decides which keys are equal; the key itself stands beside it to be read by people.
 *
 * <p><b>Assumes</b> that an {@code UPDATE} judges the latest committed row, as all databases do that lock what they write or refuse the later of two writers; that a commit that was answered is kept; and that reads go to the
 * database that takes the writes.
 *
 * <p><b>What breaks it.</b> A failover to a copy that lags; a restored backup; a database that answers before it syncs, when its machine loses power; rows that are deleted or changed by others.
 *
 * <p>Thread-safe if the data source is.
 */
final class JdbcFencedStore implements FencedStore<FencedStore.Mark> {
    /** Transaction rolled back, for a deadlock or because another one came first; 40003 alone leaves open whether. */
    private static final String ROLLED_BACK = "40";

    private static final String UNKNOWN_COMPLETION = "40003";
    private static final String BAD_DATA = "22";
    private static final String CONSTRAINT = "23";
    private static final String BAD_STATEMENT = "42";
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_CONSTRAINT = 19;

    private final DataSource dataSource;
    private final String insert;
    private final String update;
    private final String look;
    private final String read;

    private interface Work<T> {
        T on(Connection autoCommitting) throws SQLException;
    }

    JdbcFencedStore(DataSource dataSource, String table) {
        this.dataSource = dataSource;
        insert = "INSERT INTO " + table + " (fence, write_id, present, payload, id, name) VALUES (?, ?, ?, ?, ?, ?)";
        update = "UPDATE " + table
                + " SET fence = ?, write_id = ?, present = ?, payload = ? WHERE id = ? AND write_id = ? AND fence <= ?";
        look = "SELECT fence, write_id FROM " + table + " WHERE id = ?";
        read = "SELECT fence, present, payload FROM " + table + " WHERE id = ?";
    }

    @Override
    public Answer<Mark> replace(Optional<Mark> expected, Write write, Duration limit) {
        try (Connected connected = connect()) {
            return execute(connected.connection, expected, write, limit)
                    ? new Answer.Applied<>(new Mark(write.token(), write.id()))
                    : new Answer.Refused<>(look(connected.connection, write.key(), limit));
        } catch (SQLException e) {
            // there was no connection, or the write was refused and nothing could be read after it
            throw new LockUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Whether it was done; if not, it had no effect. */
    private boolean execute(Connection connection, Optional<Mark> expected, Write write, Duration limit) {
        PreparedStatement prepared;
        try {
            prepared = prepared(connection, expected, write, limit);
        } catch (SQLException e) {
            throw new LockUnavailableException("the statement could not be prepared: " + e.getMessage(), e);
        }
        try (prepared) {
            return prepared.executeUpdate() == 1;
        } catch (SQLException e) {
            if (isOvertaken(e)) {
                return false;
            }
            if (isRefused(e)) {
                throw new LockUnavailableException("the database refused the statement: " + e.getMessage(), e);
            }
            throw new OutcomeUnknownException("no answer to the write: " + e.getMessage(), e);
        }
    }

    private PreparedStatement prepared(Connection connection, Optional<Mark> expected, Write write, Duration limit)
            throws SQLException {
        PreparedStatement statement = prepare(connection, expected.isPresent() ? update : insert, limit);
        set(statement, write);
        if (expected.isPresent()) {
            statement.setString(6, expected.get().writeId().toString());
            statement.setLong(7, write.token().value());
        } else {
            // URL-encoded: not every database takes every character
            statement.setString(6, URLEncoder.encode(write.key(), UTF_8));
        }
        return statement;
    }

    private static void set(PreparedStatement statement, Write write) throws SQLException {
        statement.setLong(1, write.token().value());
        statement.setString(2, write.id().toString());
        statement.setInt(3, write.value().isPresent() ? 1 : 0);
        statement.setBytes(4, write.value().orElseGet(() -> new byte[0]));
        statement.setString(5, id(write.key()));
    }

    private static PreparedStatement prepare(Connection connection, String sql, Duration limit) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setQueryTimeout((int) limit.plusMillis(999).toSeconds());
        return statement;
    }

    /** Whether the statement had no effect because of another one: a row of the key was there already, or the two met. */
    private static boolean isOvertaken(SQLException e) {
        if (e instanceof SQLIntegrityConstraintViolationException) {
            return true;
        }
        String state = e.getSQLState();
        if (state == null) {
            // SQLite's driver has no states
            return e.getErrorCode() == SQLITE_BUSY
                    || e.getErrorCode() == SQLITE_LOCKED
                    || e.getErrorCode() == SQLITE_CONSTRAINT;
        }
        return state.startsWith(CONSTRAINT) || (state.startsWith(ROLLED_BACK) && !state.equals(UNKNOWN_COMPLETION));
    }

    /** Whether the statement had no effect, and never will: bad data, no such table, no such right. */
    private static boolean isRefused(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith(BAD_DATA) || state.startsWith(BAD_STATEMENT));
    }

    @Override
    public Optional<Mark> look(String key, Duration limit) {
        return reading(connection -> look(connection, key, limit));
    }

    private Optional<Mark> look(Connection connection, String key, Duration limit) throws SQLException {
        try (PreparedStatement statement = prepare(connection, look, limit)) {
            statement.setString(1, id(key));
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Mark(new FencingToken(row.getLong(1)), UUID.fromString(row.getString(2))))
                        : Optional.empty();
            }
        }
    }

    @Override
    public Optional<FencedValue> read(String key, Duration limit) {
        return reading(connection -> {
            try (PreparedStatement statement = prepare(connection, read, limit)) {
                statement.setString(1, id(key));
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && row.getInt(2) == 1
                            ? Optional.of(new FencedValue(new FencingToken(row.getLong(1)), bytes(row)))
                            : Optional.empty();
                }
            }
        });
    }

    /** Some databases have no empty bytes, only none. */
    private static byte[] bytes(ResultSet row) throws SQLException {
        byte @Nullable [] bytes = row.getBytes(3);
        return bytes == null ? new byte[0] : bytes;
    }

    private <T> T reading(Work<T> work) {
        try (Connected connected = connect()) {
            return work.on(connected.connection);
        } catch (SQLException e) {
            throw new LockUnavailableException("no answer to a read: " + e.getMessage(), e);
        }
    }

    private Connected connect() throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            boolean autoCommit = connection.getAutoCommit();
            if (!autoCommit) {
                connection.setAutoCommit(true);
            }
            // an uncommitted write that is rolled back later must not be taken for one that was done
            int isolation = connection.getTransactionIsolation();
            if (isolation == Connection.TRANSACTION_READ_UNCOMMITTED) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            return new Connected(connection, autoCommit, isolation);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection that commits each statement by itself, and is given back as it was. Giving it back changes nothing of what was answered. */
    private record Connected(Connection connection, boolean autoCommitBefore, int isolationBefore)
            implements AutoCloseable {
        @Override
        public void close() {
            try (connection) {
                if (isolationBefore == Connection.TRANSACTION_READ_UNCOMMITTED) {
                    connection.setTransactionIsolation(isolationBefore);
                }
                if (!autoCommitBefore) {
                    connection.setAutoCommit(false);
                }
            } catch (SQLException ignored) {
                // the pool finds out by itself that the connection is broken
            }
        }
    }

    private static String id(String key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
