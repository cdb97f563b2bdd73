package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The checked options of one store. Reading them touches no server. */
record CassandraStoreOptions(
        List<Address> addresses,
        String keyspace,
        Optional<String> localDatacenter,
        Optional<Credentials> credentials,
        Consistency consistency,
        Duration connectTimeout,
        Duration operationTimeout,
        boolean createSchema,
        int replicationFactor) {
    private static final int DEFAULT_PORT = 9042;
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,47}");

    /** What the password authenticator of the server asks for. */
    record Credentials(String user, String password) {
        @Override
        public String toString() {
            return user + ":***";
        }
    }

    /** Among which replicas a transaction agrees, and how many a read or write waits for. The two go together. */
    enum Consistency {
        QUORUM(DefaultConsistencyLevel.QUORUM, DefaultConsistencyLevel.SERIAL),
        LOCAL_QUORUM(DefaultConsistencyLevel.LOCAL_QUORUM, DefaultConsistencyLevel.LOCAL_SERIAL);

        private final DefaultConsistencyLevel plain;
        private final DefaultConsistencyLevel serial;

        Consistency(DefaultConsistencyLevel plain, DefaultConsistencyLevel serial) {
            this.plain = plain;
            this.serial = serial;
        }

        DefaultConsistencyLevel plain() {
            return plain;
        }

        DefaultConsistencyLevel serial() {
            return serial;
        }
    }

    static CassandraStoreOptions read(String uri) {
        BackendConfig config = BackendConfig.parse(uri, Map.of(), "scheduler", TimeSource.SYSTEM);
        List<Address> addresses = config.addresses(DEFAULT_PORT);
        String keyspace = config.path();
        if (!IDENTIFIER.matcher(keyspace).matches()) {
            throw new IllegalArgumentException("cassandra: the path of a store's URI names the keyspace: a letter"
                    + " followed by up to 47 letters, digits and underscores, not '" + keyspace
                    + "'; expected is cassandra://host:9042/keyspace");
        }
        Optional<String> user = config.user().or(() -> config.string("user"));
        Optional<String> password = config.password().or(() -> config.string("password"));
        if (user.isPresent() != password.isPresent()) {
            throw new IllegalArgumentException("cassandra: user and password of a store go together; only the "
                    + (user.isPresent() ? "user" : "password") + " is given");
        }
        CassandraStoreOptions options = new CassandraStoreOptions(
                addresses,
                keyspace,
                config.string("localDatacenter").filter(name -> !name.isBlank()),
                user.map(name -> new Credentials(name, password.orElseThrow())),
                config.choice("consistency", Consistency.QUORUM),
                config.duration(
                        "connectTimeout", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(5)),
                config.duration(
                        "operationTimeout", Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofMinutes(1)),
                config.flag("createSchema", true),
                config.integer("replicationFactor", 3, 1, 99));
        config.rejectUnknownOptions();
        return options;
    }
}
