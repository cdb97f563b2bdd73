package io.fencepost.lock.cassandra;

import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The checked options of one client. Reading them touches no server. */
record CassandraOptions(
        List<Address> addresses,
        AddressMap addressMap,
        String keyspace,
        String table,
        Optional<String> localDatacenter,
        Optional<Credentials> credentials,
        Optional<TlsOptions> tls,
        Consistency consistency,
        Expiry expiry,
        Duration connectTimeout,
        Duration operationTimeout,
        boolean createSchema,
        int replicationFactor) {
    private static final int DEFAULT_PORT = 9042;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,47}");
    private static final String IDENTIFIER_RULE = "a letter followed by up to 47 letters, digits and underscores";

    /** What the password authenticator of the server asks for. */
    record Credentials(String user, String password) {
        @Override
        public String toString() {
            return user + ":***";
        }
    }

    static CassandraOptions read(BackendConfig config) {
        List<Address> addresses = config.addresses(DEFAULT_PORT);
        String keyspace = config.path();
        if (!IDENTIFIER.matcher(keyspace).matches()) {
            throw new IllegalArgumentException("cassandra: the path of the URI names the keyspace: " + IDENTIFIER_RULE
                    + ", not '" + keyspace + "'; expected is cassandra://host:9042/keyspace");
        }
        String table = config.string("table", "locks");
        if (!IDENTIFIER.matcher(table).matches()) {
            throw config.refused("table", table, IDENTIFIER_RULE);
        }
        Optional<String> localDatacenter = config.string("localDatacenter");
        if (localDatacenter.filter(String::isBlank).isPresent()) {
            throw config.refused("localDatacenter", localDatacenter.get(), "the name of a datacenter");
        }
        Duration connectTimeout =
                config.duration("connectTimeout", DEFAULT_TIMEOUT, Duration.ofMillis(100), Duration.ofMinutes(5));
        Duration operationTimeout =
                config.duration("operationTimeout", DEFAULT_TIMEOUT, Duration.ofMillis(200), Duration.ofMinutes(1));
        boolean createSchema = config.flag("createSchema", false);
        int replicationFactor = config.integer("replicationFactor", 3, 1, 99);
        if (!createSchema && config.string("replicationFactor").isPresent()) {
            throw new IllegalArgumentException(
                    "cassandra: option 'replicationFactor' is of use only with createSchema=true");
        }
        CassandraOptions options = new CassandraOptions(
                addresses,
                AddressMap.read(config),
                keyspace,
                table,
                localDatacenter,
                credentials(config),
                TlsOptions.read(config),
                Consistency.read(config),
                config.choice("expiry", Expiry.TTL),
                connectTimeout,
                operationTimeout,
                createSchema,
                replicationFactor);
        config.rejectUnknownOptions();
        return options;
    }

    private static Optional<Credentials> credentials(BackendConfig config) {
        Optional<String> user = either(config, "user", config.user());
        Optional<String> password = either(config, "password", config.password());
        if (user.isPresent() != password.isPresent()) {
            throw new IllegalArgumentException("cassandra: user and password go together; only the "
                    + (user.isPresent() ? "user" : "password") + " is given");
        }
        return user.map(name -> new Credentials(name, password.orElseThrow()));
    }

    private static Optional<String> either(BackendConfig config, String option, Optional<String> fromUri) {
        Optional<String> value = config.string(option);
        if (value.isPresent() && fromUri.isPresent()) {
            throw new IllegalArgumentException("cassandra: the " + option
                    + " is given twice, in the URI's authority and as option '" + option + "'");
        }
        return value.or(() -> fromUri);
    }

    String addressList() {
        return addresses.stream().map(Address::toString).collect(Collectors.joining(", "));
    }

    String qualifiedTable() {
        return '"' + keyspace + "\".\"" + table + '"';
    }
}
