package io.fencepost.example.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.UtilityElf.DefaultThreadFactory;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.Durability;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HolderText;
import io.fencepost.lock.spi.LockBackend;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One row a lock, never deleted, so that the fence never restarts. Every write is one statement that commits by itself, under a condition that makes a late or repeated copy harmless: who takes a lock
 * finds it free or expired, and raises the fence, which is the token; the others still hold, by an attempt id that is never used again. The database's clock judges. An attempt without an answer is
 * released when its work has ended; where it runs at the server after that, it holds for one ttl, and leaves alone whoever holds by then. Assumes that an UPDATE judges the latest committed row. Breaks when
 * the clock jumps forward (tokens still order), and when commits are lost, by a failover that lags, a restored backup, or a power cut, since H2 writes but does not sync: then tokens repeat.
 */
final class JdbcLockBackend implements LockBackend {
    private static final String TABLE = "CREATE TABLE IF NOT EXISTS locks (name VARCHAR(512) PRIMARY KEY,"
            + " fence BIGINT NOT NULL, attempt UUID, holder VARCHAR(65535), expires TIMESTAMP WITH TIME ZONE)";
    private static final String EXPIRY = "DATEADD(MILLISECOND, ?, CURRENT_TIMESTAMP)";
    private static final String CREATE =
            "INSERT INTO locks (attempt, holder, expires, name, fence) VALUES (?, ?, " + EXPIRY + ", ?, 1)";
    private static final String TAKE = "UPDATE locks SET attempt = ?, holder = ?, expires = " + EXPIRY
            + ", fence = fence + 1 WHERE name = ? AND (attempt IS NULL OR expires <= CURRENT_TIMESTAMP)";
    private static final String HELD = " WHERE name = ? AND attempt IS NOT NULL AND expires > CURRENT_TIMESTAMP";
    private static final String RENEW = "UPDATE locks SET expires = " + EXPIRY + HELD + " AND attempt = ?";
    private static final String FREE = "UPDATE locks SET attempt = NULL" + HELD + " AND attempt = ?";
    private static final String LOOK =
            "SELECT attempt, fence, holder, DATEDIFF(MILLISECOND, CURRENT_TIMESTAMP, expires) FROM locks" + HELD;
    private final Duration timeout;
    private final HikariDataSource pool;
    private final ExecutorService threads;

    private interface Work<T> {
        T on(Connection autoCommitting) throws SQLException;
    }

    private record Held(UUID attempt, LockState state) {}

    JdbcLockBackend(HikariConfig config, Duration timeout) {
        this.timeout = timeout;
        pool = new HikariDataSource(config);
        threads =
                Executors.newFixedThreadPool(config.getMaximumPoolSize(), new DefaultThreadFactory(pool.getPoolName()));
        try {
            call(connection -> update(connection, TABLE)).join();
        } catch (CompletionException e) {
            close();
            throw new LockUnavailableException(pool.getPoolName() + ": " + e.getCause(), e.getCause());
        }
    }

    private <T> CompletableFuture<T> start(Work<T> work) {
        return CompletableFuture.supplyAsync(() -> run(work), threads);
    }

    /** What gets no answer in time fails with a {@code TimeoutException}, and its work may still go on. */
    private <T> CompletableFuture<T> call(Work<T> work) {
        return start(work).orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private <T> T run(Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            return work.on(connection);
        } catch (SQLException e) {
            pool.getHikariPoolMXBean()
                    .softEvictConnections(); // no pool knows all the codes by which drivers say that one broke
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() {
        if (!threads.isShutdown()) {
            threads.execute(pool::close); // after all that was asked before
            threads.shutdown();
        }
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.builder("jdbc-example", FencingClass.STORE)
                .guarantee("One holder while the database keeps its commits and its clock does not jump forward")
                .durability(Durability.RESTART)
                .grace(Duration.ofMillis(100))
                .build();
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        CompletableFuture<AttemptOutcome> work = start(connection -> acquire(connection, request));
        return work.copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).exceptionally(fault -> {
            work.whenComplete((late, failed) -> free(request.name(), connection -> request.attemptId()));
            return new AttemptOutcome.Indeterminate(unavailable(request.name(), fault));
        });
    }

    private static AttemptOutcome acquire(Connection connection, AttemptRequest request) throws SQLException {
        String name = request.name();
        Object[] claim = {
            request.attemptId(), HolderText.of(request).encode(), request.ttl().toMillis(), name
        };
        update(connection, TAKE, claim);
        Optional<Held> held = look(connection, name);
        if (held.isEmpty()) { // there is no row, or its lease ended just now
            update(connection, CREATE, claim);
            held = look(connection, name);
        }
        if (held.isPresent() && held.get().attempt().equals(request.attemptId())) {
            FencingToken token = held.get().state().token();
            return new AttemptOutcome.Acquired(new Grant(name, request.attemptId(), token, request.ttl()));
        }
        return AttemptOutcome.Contended.of(null, null);
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        return this.<RenewOutcome>call(
                        connection -> update(connection, RENEW, ttl.toMillis(), grant.name(), grant.attemptId()) == 1
                                ? new RenewOutcome.Renewed(ttl)
                                : new RenewOutcome.Lost(LossCause.NOT_OWNER))
                .exceptionally(fault -> new RenewOutcome.Indeterminate(unavailable(grant.name(), fault)));
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        return free(grant.name(), connection -> grant.attemptId());
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return free(
                name, connection -> look(connection, name).map(Held::attempt).orElseGet(UUID::randomUUID));
    }

    private CompletionStage<ReleaseOutcome> free(String name, Work<UUID> whose) {
        return this.<ReleaseOutcome>call(connection -> update(connection, FREE, name, whose.on(connection)) == 1
                        ? new ReleaseOutcome.Released()
                        : new ReleaseOutcome.NotHeld())
                .exceptionally(fault -> new ReleaseOutcome.Indeterminate(unavailable(name, fault)));
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return call(connection -> look(connection, name).map(Held::state))
                .exceptionallyCompose(fault -> CompletableFuture.failedFuture(unavailable(name, fault)));
    }

    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        return () -> {}; // the database tells nobody of a release: waiters look again
    }

    private static Optional<Held> look(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOOK)) {
            select.setString(1, name);
            ResultSet row = select.executeQuery();
            if (!row.next()) {
                return Optional.empty();
            }
            HolderText by = HolderText.decode(row.getString(3));
            Optional<Duration> left = Optional.of(Duration.ofMillis(row.getLong(4)));
            LockState state = new LockState(name, by.holder(), new FencingToken(row.getLong(2)), left, by.metadata());
            return Optional.of(new Held(row.getObject(1, UUID.class), state));
        }
    }

    private static int update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                update.setObject(i + 1, parameters[i]);
            }
            return update.executeUpdate();
        } catch (SQLIntegrityConstraintViolationException e) {
            return 0; // the row is there
        }
    }

    private LockUnavailableException unavailable(String name, Throwable fault) {
        return new LockUnavailableException(pool.getPoolName() + ": lock '" + name + "': " + fault, fault);
    }
}
