package io.fencepost.scheduler.store.cassandra;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.OptionsMap;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Connects a store and makes the schema that is missing. */
final class Connection {
    private static final Duration SCHEMA_LIMIT = Duration.ofSeconds(20);
    private static final long SCHEMA_PAUSE_MILLIS = 100;
    private static final Pattern TABLE = Pattern.compile("CREATE TABLE IF NOT EXISTS \"[^\"]+\"\\.(\\w+)");

    private final CassandraStoreOptions options;

    Connection(CassandraStoreOptions options) {
        this.options = options;
    }

    /** A session whose statements are prepared. */
    Statements open() {
        CqlSession session = connect();
        try {
            if (options.createSchema()) {
                createMissing(session);
            }
            return prepared(session);
        } catch (DriverException e) {
            session.forceCloseAsync();
            throw new StoreException(
                    "cassandra: keyspace '" + options.keyspace() + "' at " + options.addresses()
                            + " cannot be used as a store: " + e.getMessage(),
                    e);
        } catch (RuntimeException e) {
            session.forceCloseAsync();
            throw e;
        }
    }

    private CqlSession connect() {
        CqlSessionBuilder builder = CqlSession.builder().withConfigLoader(settings());
        for (var address : options.addresses()) {
            InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
            if (resolved.isUnresolved()) {
                throw new StoreException(
                        "cassandra: the host of " + address + " is not known",
                        new IOException("unknown host " + address.host()));
            }
            builder.addContactPoint(resolved);
        }
        options.credentials().ifPresent(who -> builder.withAuthCredentials(who.user(), who.password()));
        try {
            return builder.build();
        } catch (DriverException | IllegalStateException e) {
            throw new StoreException("cassandra: cannot connect to " + options.addresses() + ": " + e.getMessage(), e);
        }
    }

    /** From code alone: an {@code application.conf} that lies around does not reach into the store. */
    private DriverConfigLoader settings() {
        OptionsMap map = OptionsMap.driverDefaults();
        map.put(TypedDriverOption.SESSION_NAME, "fencepost-store");
        // V5 of this driver loses its place in the stream after a timeout of a transaction
        map.put(TypedDriverOption.PROTOCOL_VERSION, "V4");
        map.put(
                TypedDriverOption.REQUEST_CONSISTENCY,
                options.consistency().plain().name());
        map.put(
                TypedDriverOption.REQUEST_SERIAL_CONSISTENCY,
                options.consistency().serial().name());
        // a part of the whole, so that an unanswered request leaves time to find out what became of it
        map.put(TypedDriverOption.REQUEST_TIMEOUT, options.operationTimeout().dividedBy(3));
        options.localDatacenter()
                .ifPresentOrElse(
                        name -> map.put(TypedDriverOption.LOAD_BALANCING_LOCAL_DATACENTER, name),
                        () -> map.put(TypedDriverOption.LOAD_BALANCING_POLICY_CLASS, "DcInferringLoadBalancingPolicy"));
        map.put(TypedDriverOption.PREPARE_ON_ALL_NODES, false);
        map.put(TypedDriverOption.CONNECTION_CONNECT_TIMEOUT, options.connectTimeout());
        map.put(TypedDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, options.connectTimeout());
        map.put(TypedDriverOption.CONTROL_CONNECTION_TIMEOUT, options.connectTimeout());
        map.put(TypedDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, options.connectTimeout());
        map.put(TypedDriverOption.CONNECTION_WARN_INIT_ERROR, false);
        map.put(TypedDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(250));
        map.put(TypedDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(4));
        map.put(TypedDriverOption.NETTY_DAEMON, true);
        map.put(TypedDriverOption.NETTY_IO_SIZE, 2);
        map.put(TypedDriverOption.NETTY_ADMIN_SIZE, 1);
        map.put(TypedDriverOption.SESSION_LEAK_THRESHOLD, 0);
        map.put(TypedDriverOption.MONITOR_REPORTING_ENABLED, false);
        map.put(TypedDriverOption.METRICS_FACTORY_CLASS, "NoopMetricsFactory");
        map.put(TypedDriverOption.TIMESTAMP_GENERATOR_FORCE_JAVA_CLOCK, true);
        map.put(TypedDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES, List.of(options.keyspace()));
        return DriverConfigLoader.fromMap(map);
    }

    private void createMissing(CqlSession session) {
        List<String> statements = statements();
        Set<String> there = new HashSet<>();
        for (Row row : session.execute(SimpleStatement.newInstance(
                "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", options.keyspace()))) {
            there.add(row.getString(0));
        }
        // all who do so at once send it to the same node, which does it in order: two nodes could make two tables of
        // one name
        Node node = session.getMetadata().getNodes().values().stream()
                .filter(candidate -> candidate.getState() == NodeState.UP)
                .min(Comparator.comparing(candidate -> String.valueOf(candidate.getHostId())))
                .orElse(null);
        boolean complete = statements.stream()
                .map(TABLE::matcher)
                .filter(Matcher::find)
                .allMatch(table -> there.contains(table.group(1)));
        if (complete) {
            return;
        }
        for (String statement : statements) {
            Matcher table = TABLE.matcher(statement);
            if (!table.find() || !there.contains(table.group(1))) {
                session.execute(
                        SimpleStatement.newInstance(statement).setNode(node).setTimeout(SCHEMA_LIMIT));
            }
        }
    }

    private Statements prepared(CqlSession session) {
        long until = System.nanoTime() + SCHEMA_LIMIT.toNanos();
        while (true) {
            try {
                return new Statements(session, options);
            } catch (InvalidQueryException e) {
                // a node that has not heard of the new tables yet
                if (!options.createSchema() || System.nanoTime() - until > 0) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(SCHEMA_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("cassandra: interrupted while opening a store", e);
        }
    }

    private List<String> statements() {
        return Arrays.stream(text().replaceAll("(?m)^--.*$", "")
                        .replace("${keyspace}", options.keyspace())
                        .replace("${replicationFactor}", Integer.toString(options.replicationFactor()))
                        .split(";"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    private static String text() {
        try (InputStream in = Connection.class.getResourceAsStream("schema.cql")) {
            if (in == null) {
                throw new IllegalStateException("schema.cql is missing from the jar");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
