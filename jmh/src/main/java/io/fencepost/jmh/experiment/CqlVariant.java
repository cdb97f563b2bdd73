package io.fencepost.jmh.experiment;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.Node;
import io.fencepost.jmh.floor.Addresses;
import io.fencepost.jmh.floor.CassandraFloor;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The statements of the provider {@code cassandra} in their simplest form, with one choice of its design undone in each {@link Design}: a backend for measuring
 * what the choices are worth, under the same core. It leaves out what makes the provider safe: an unanswered statement is not settled, so the lock it may have
 * taken stays taken until its TTL.
 */
final class CqlVariant implements LockBackend {
    /** What is undone. */
    enum Design {
        /** Nothing: lock and fence in one row, the fence cached, one coordinator for a lock. */
        CONTROL,
        /** The fence is in a table of its own: a second transaction after the one that takes the lock. */
        TWO_TABLES,
        /** The fence is not remembered: the first transaction is refused with the right one, the second applies. */
        NO_FENCE_CACHE,
        /** The driver chooses the coordinator of each statement. */
        ANY_COORDINATOR
    }

    private static final String KEYSPACE = "fencepost_experiment";
    private static final int MOST_CLAIMS = 4;

    private final Design design;
    private final CqlSession session;
    private final PreparedStatement acquire;
    private final PreparedStatement acquireAlone;
    private final PreparedStatement count;
    private final PreparedStatement renew;
    private final PreparedStatement release;
    private final PreparedStatement look;
    private final List<Node> nodes;
    private final ConcurrentHashMap<String, Long> fences = new ConcurrentHashMap<>();

    CqlVariant(Design design, List<String> addresses) {
        this.design = design;
        session = CassandraFloor.connect(Addresses.parse(addresses));
        try {
            CassandraFloor.createKeyspace(session, KEYSPACE, addresses.size());
            session.execute("CREATE TABLE IF NOT EXISTS " + KEYSPACE
                    + ".locks (name text PRIMARY KEY, fence bigint, owner uuid)");
            session.execute("CREATE TABLE IF NOT EXISTS " + KEYSPACE + ".fences (name text PRIMARY KEY, fence bigint)");
            String locks = KEYSPACE + ".locks";
            acquire = session.prepare("BEGIN BATCH UPDATE " + locks
                    + " SET fence = ? WHERE name = ? IF owner = null AND fence = ?; UPDATE " + locks
                    + " USING TTL ? SET owner = ? WHERE name = ?; APPLY BATCH");
            acquireAlone =
                    session.prepare("UPDATE " + locks + " USING TTL ? SET owner = ? WHERE name = ? IF owner = null");
            count = session.prepare("UPDATE " + KEYSPACE + ".fences SET fence = ? WHERE name = ? IF fence = ?");
            renew = session.prepare("UPDATE " + locks + " USING TTL ? SET owner = ? WHERE name = ? IF owner = ?");
            release = session.prepare("UPDATE " + locks + " SET owner = null WHERE name = ? IF owner = ?");
            look = session.prepare("SELECT fence, owner FROM " + locks + " WHERE name = ?");
            nodes = session.getMetadata().getNodes().values().stream()
                    .sorted(Comparator.comparing(node -> String.valueOf(node.getHostId())))
                    .toList();
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.builder("cassandra", FencingClass.CONSENSUS)
                .ttlRange(Duration.ofSeconds(1), Duration.ofDays(1))
                .grace(Duration.ofSeconds(2))
                .build();
    }

    private CompletionStage<AsyncResultSet> send(String name, BoundStatement statement) {
        BoundStatement complete = statement
                .setConsistencyLevel(DefaultConsistencyLevel.QUORUM)
                .setSerialConsistencyLevel(DefaultConsistencyLevel.SERIAL)
                .setIdempotent(false);
        return session.executeAsync(
                design == Design.ANY_COORDINATOR
                        ? complete
                        : complete.setNode(nodes.get(Math.floorMod(name.hashCode(), nodes.size()))));
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        String name = request.name();
        CompletionStage<AttemptOutcome> outcome = !request.afterContention()
                ? claim(request, design == Design.NO_FENCE_CACHE ? null : fences.get(name), 1)
                : send(name, look.bind(name)).thenCompose(rows -> {
                    Row row = rows.one();
                    return row != null && row.getUuid("owner") != null
                            ? contended()
                            : claim(request, row == null ? null : fence(row), 1);
                });
        return outcome.exceptionally(AttemptOutcome.Indeterminate::new);
    }

    private CompletionStage<AttemptOutcome> claim(AttemptRequest request, @Nullable Long last, int claims) {
        if (design == Design.TWO_TABLES) {
            return send(request.name(), acquireAlone.bind(seconds(request.ttl()), request.attemptId(), request.name()))
                    .thenCompose(rows -> rows.wasApplied() ? count(request, fences.get(request.name())) : contended());
        }
        long next = (last == null ? 0 : last) + 1;
        return send(
                        request.name(),
                        acquire.bind(
                                next,
                                request.name(),
                                last,
                                seconds(request.ttl()),
                                request.attemptId(),
                                request.name()))
                .thenCompose(rows -> {
                    if (rows.wasApplied()) {
                        return granted(request, next);
                    }
                    Row row = rows.one();
                    boolean held =
                            row != null && row.getColumnDefinitions().contains("owner") && row.getUuid("owner") != null;
                    return held || claims == MOST_CLAIMS
                            ? contended()
                            : claim(request, row == null ? null : fence(row), claims + 1);
                });
    }

    private CompletionStage<AttemptOutcome> count(AttemptRequest request, @Nullable Long last) {
        long next = (last == null ? 0 : last) + 1;
        return send(request.name(), count.bind(next, request.name(), last)).thenCompose(rows -> {
            if (rows.wasApplied()) {
                return granted(request, next);
            }
            Row row = rows.one();
            return count(request, row == null ? null : fence(row));
        });
    }

    private CompletionStage<AttemptOutcome> granted(AttemptRequest request, long token) {
        fences.put(request.name(), token);
        return CompletableFuture.completedStage(new AttemptOutcome.Acquired(
                new Grant(request.name(), request.attemptId(), new FencingToken(token), request.ttl())));
    }

    private static CompletionStage<AttemptOutcome> contended() {
        return CompletableFuture.completedStage(AttemptOutcome.Contended.of(null, null));
    }

    private static @Nullable Long fence(Row row) {
        return row.getColumnDefinitions().contains("fence") && !row.isNull("fence") ? row.getLong("fence") : null;
    }

    /** A TTL lives up to a second short. */
    private static int seconds(Duration ttl) {
        return (int) ttl.toSeconds() + 2;
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        UUID owner = grant.attemptId();
        return send(grant.name(), renew.bind(seconds(ttl), owner, grant.name(), owner))
                .<RenewOutcome>thenApply(rows ->
                        rows.wasApplied() ? new RenewOutcome.Renewed(ttl) : new RenewOutcome.Lost(LossCause.NOT_OWNER))
                .exceptionally(RenewOutcome.Indeterminate::new);
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        return send(grant.name(), release.bind(grant.name(), grant.attemptId()))
                .<ReleaseOutcome>thenApply(
                        rows -> rows.wasApplied() ? new ReleaseOutcome.Released() : new ReleaseOutcome.NotHeld())
                .exceptionally(ReleaseOutcome.Indeterminate::new);
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return CompletableFuture.failedStage(new UnsupportedOperationException("only measured"));
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return CompletableFuture.failedStage(new UnsupportedOperationException("only measured"));
    }

    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        return () -> {};
    }

    @Override
    public void close() {
        session.close();
    }
}
