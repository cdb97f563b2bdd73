package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.OptionsMap;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import java.time.Duration;
import java.util.List;

/** How the driver is set up. From code alone: an {@code application.conf} of the application does not reach into its locks. */
final class DriverSettings {
    private static final Duration TIMER_TICK = Duration.ofMillis(10);
    private static final Duration SHORTEST_CONNECT = Duration.ofMillis(100);
    private static final Duration FIRST_RECONNECT = Duration.ofMillis(250);
    private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(4);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final int IO_THREADS = 2;
    private static final int MOST_IN_FLIGHT = 16_384;
    private static final int SHUTDOWN_SECONDS = 2;

    private DriverSettings() {}

    static DriverConfigLoader loader(CassandraOptions options, String sessionName) {
        OptionsMap map = OptionsMap.driverDefaults();
        map.put(TypedDriverOption.SESSION_NAME, sessionName);
        // V5 of this driver loses its place in the stream after a CAS timeout, and drops the connection with all that
        // is in flight on it
        map.put(TypedDriverOption.PROTOCOL_VERSION, "V4");

        map.put(
                TypedDriverOption.REQUEST_CONSISTENCY,
                options.consistency().commit().name());
        map.put(
                TypedDriverOption.REQUEST_SERIAL_CONSISTENCY,
                options.consistency().serial().name());
        map.put(TypedDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, false);
        map.put(TypedDriverOption.REQUEST_TIMEOUT, options.connectTimeout());

        options.localDatacenter()
                .ifPresentOrElse(
                        name -> map.put(TypedDriverOption.LOAD_BALANCING_LOCAL_DATACENTER, name),
                        () -> map.put(TypedDriverOption.LOAD_BALANCING_POLICY_CLASS, "DcInferringLoadBalancingPolicy"));

        // nodes that do not know a table just created would fill the log; they prepare on first use
        map.put(TypedDriverOption.PREPARE_ON_ALL_NODES, !options.createSchema());

        connections(map, options);
        options.tls().ifPresent(tls -> tls(map, tls));

        // each client of locks has a session of its own, and several clients are no leak
        map.put(TypedDriverOption.SESSION_LEAK_THRESHOLD, 0);
        // what is to be watched here are locks, by the client's own meters
        map.put(TypedDriverOption.MONITOR_REPORTING_ENABLED, false);
        map.put(TypedDriverOption.METRICS_FACTORY_CLASS, "NoopMetricsFactory");
        map.put(TypedDriverOption.TIMESTAMP_GENERATOR_FORCE_JAVA_CLOCK, true);
        // the token map needs the replication of this keyspace, and nothing else is of interest
        map.put(TypedDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES, List.of(options.keyspace()));
        return DriverConfigLoader.fromMap(map);
    }

    private static void connections(OptionsMap map, CassandraOptions options) {
        // addresses are tried one after the other: a dead one must leave time for the next
        Duration share = options.connectTimeout().dividedBy(options.addresses().size() + 1L);
        Duration each = share.compareTo(SHORTEST_CONNECT) < 0 ? SHORTEST_CONNECT : share;
        map.put(TypedDriverOption.CONNECTION_CONNECT_TIMEOUT, each);
        map.put(TypedDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, each);
        map.put(TypedDriverOption.CONNECTION_SET_KEYSPACE_TIMEOUT, each);
        map.put(TypedDriverOption.CONTROL_CONNECTION_TIMEOUT, options.connectTimeout());
        map.put(TypedDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, options.connectTimeout());
        map.put(TypedDriverOption.CONNECTION_MAX_REQUESTS, MOST_IN_FLIGHT);
        map.put(TypedDriverOption.CONNECTION_MAX_ORPHAN_REQUESTS, MOST_IN_FLIGHT / 4);
        // failures are reported by what open() throws
        map.put(TypedDriverOption.CONNECTION_WARN_INIT_ERROR, false);
        map.put(TypedDriverOption.HEARTBEAT_INTERVAL, HEARTBEAT);
        map.put(TypedDriverOption.HEARTBEAT_TIMEOUT, HEARTBEAT);
        map.put(TypedDriverOption.RECONNECTION_BASE_DELAY, FIRST_RECONNECT);
        map.put(TypedDriverOption.RECONNECTION_MAX_DELAY, LONGEST_RECONNECT);

        map.put(TypedDriverOption.NETTY_DAEMON, true);
        map.put(TypedDriverOption.NETTY_IO_SIZE, IO_THREADS);
        map.put(TypedDriverOption.NETTY_ADMIN_SIZE, 1);
        map.put(TypedDriverOption.NETTY_TIMER_TICK_DURATION, TIMER_TICK);
        map.put(TypedDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0);
        map.put(TypedDriverOption.NETTY_IO_SHUTDOWN_TIMEOUT, SHUTDOWN_SECONDS);
        map.put(TypedDriverOption.NETTY_IO_SHUTDOWN_UNIT, "SECONDS");
        map.put(TypedDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0);
        map.put(TypedDriverOption.NETTY_ADMIN_SHUTDOWN_TIMEOUT, SHUTDOWN_SECONDS);
        map.put(TypedDriverOption.NETTY_ADMIN_SHUTDOWN_UNIT, "SECONDS");
    }

    private static void tls(OptionsMap map, TlsOptions tls) {
        map.put(TypedDriverOption.SSL_ENGINE_FACTORY_CLASS, "DefaultSslEngineFactory");
        map.put(TypedDriverOption.SSL_HOSTNAME_VALIDATION, tls.verifyHostName());
        tls.trustStore().ifPresent(store -> {
            map.put(TypedDriverOption.SSL_TRUSTSTORE_PATH, store.file().toString());
            store.password().ifPresent(password -> map.put(TypedDriverOption.SSL_TRUSTSTORE_PASSWORD, password));
        });
        tls.keyStore().ifPresent(store -> {
            map.put(TypedDriverOption.SSL_KEYSTORE_PATH, store.file().toString());
            store.password().ifPresent(password -> map.put(TypedDriverOption.SSL_KEYSTORE_PASSWORD, password));
        });
    }
}
