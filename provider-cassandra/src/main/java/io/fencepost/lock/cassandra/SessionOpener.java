package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.loadbalancing.NodeDistance;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects one client within its connect timeout, or leaves nothing behind. */
final class SessionOpener {
    private static final AtomicLong CLIENTS = new AtomicLong();
    /** A schema change reaches the other nodes by gossip; one that lags does not know the table yet, and believes that all agree. */
    private static final Duration SCHEMA_SPREAD = Duration.ofSeconds(10);

    private static final Duration SCHEMA_PAUSE = Duration.ofMillis(100);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(4);
    private static final Logger log = LoggerFactory.getLogger(SessionOpener.class);

    private final CassandraOptions options;
    private final OpenFailures failures;
    private final String clientName = "fencepost-cassandra-" + CLIENTS.incrementAndGet();

    SessionOpener(CassandraOptions options) {
        this.options = options;
        this.failures = new OpenFailures(options);
    }

    LockSession open() {
        Deadline deadline = Deadline.in(options.connectTimeout());
        CqlSession session = connect(deadline);
        try {
            String datacenter = datacenter(session);
            Deadline prepareBy = deadline;
            if (options.createSchema()) {
                new SchemaCreator(session, options, datacenter).createMissing();
                prepareBy = Deadline.in(SCHEMA_SPREAD);
            }
            LockStatements statements = prepare(session, prepareBy);
            Coordinators coordinators = new Coordinators(session::getMetadata, options.keyspace(), datacenter);
            LockTable table = new CqlLockTable(
                    session, coordinators, statements, options.consistency().serial());
            return new LockSession(clientName, table, () -> close(session));
        } catch (RuntimeException e) {
            close(session);
            throw e;
        }
    }

    private LockStatements prepare(CqlSession session, Deadline deadline) {
        while (true) {
            try {
                return await(LockStatements.prepare(session, options.qualifiedTable(), options.expiry()), deadline);
            } catch (ExecutionException e) {
                boolean perhapsNotEverywhereYet =
                        options.createSchema() && e.getCause() instanceof InvalidQueryException;
                if (!perhapsNotEverywhereYet || isOfOtherExpiry(session) || !deadline.allowsRoundIn(SCHEMA_PAUSE)) {
                    throw failures.unprepared(session, e.getCause());
                }
                pause(SCHEMA_PAUSE);
            } catch (TimeoutException e) {
                throw failures.tooLate();
            }
        }
    }

    private boolean isOfOtherExpiry(CqlSession session) {
        try {
            return SchemaCreator.otherExpiry(session, options).isPresent();
        } catch (DriverException e) {
            log.debug("cassandra: could not read the schema at {}", options.addressList(), e);
            return false;
        }
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private LockUnavailableException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new LockUnavailableException(
                "cassandra: interrupted while connecting to " + options.addressList(), cause);
    }

    private CqlSession connect(Deadline deadline) {
        LockSessionBuilder builder = new LockSessionBuilder(options.addressMap().translator(this::resolved));
        builder.withConfigLoader(DriverSettings.loader(options, clientName));
        options.addresses().forEach(address -> builder.addContactPoint(resolved(address)));
        options.credentials().ifPresent(who -> builder.withAuthCredentials(who.user(), who.password()));
        CompletionStage<CqlSession> building = builder.buildAsync();
        try {
            return await(building, deadline);
        } catch (ExecutionException e) {
            throw failures.unconnected(e.getCause());
        } catch (TimeoutException e) {
            abandon(builder, building);
            throw failures.tooLate();
        } catch (LockUnavailableException e) {
            abandon(builder, building);
            throw e;
        }
    }

    private InetSocketAddress resolved(Address address) {
        InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            throw failures.unknownHost(address.host());
        }
        return resolved;
    }

    private static void abandon(LockSessionBuilder builder, CompletionStage<CqlSession> building) {
        building.thenAccept(late -> late.forceCloseAsync().toCompletableFuture());
        builder.abandon();
    }

    /** The datacenter whose nodes coordinate: the one asked for, or that of the addresses. */
    private String datacenter(CqlSession session) {
        return session.getMetadata().getNodes().values().stream()
                .filter(node -> node.getDistance() == NodeDistance.LOCAL)
                .map(Node::getDatacenter)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> failures.noSuchDatacenter(session.getMetadata().getNodes().values().stream()
                        .map(Node::getDatacenter)
                        .filter(Objects::nonNull)
                        .collect(Collectors.toCollection(TreeSet::new))));
    }

    private <T> T await(CompletionStage<T> stage, Deadline deadline) throws ExecutionException, TimeoutException {
        try {
            return stage.toCompletableFuture().get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static void close(CqlSession session) {
        boolean interrupted = Thread.interrupted();
        try {
            session.forceCloseAsync().toCompletableFuture().get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (ExecutionException | TimeoutException e) {
            log.debug("cassandra: session {} was slow to close", session.getName(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
