package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final String URI = "cassandra://h/ks?table=tab&createSchema=true&replicationFactor=5";
    private final CassandraOptions options = read(URI);

    private static CassandraOptions read(String uri) {
        return CassandraOptions.read(BackendConfig.parse(uri, Map.of(), "me", TimeSource.SYSTEM));
    }

    @Test
    void putsInKeyspaceAndReplication() {
        assertThat(Schema.createKeyspace(options))
                .startsWith("CREATE KEYSPACE IF NOT EXISTS \"ks\"")
                .contains("'replication_factor': 5")
                .doesNotContain("$");
    }

    @Test
    void putsInTheTable() {
        assertThat(Schema.createTable(options))
                .startsWith("CREATE TABLE IF NOT EXISTS \"ks\".\"tab\"")
                .doesNotContain("$", "--", "replication");
    }

    @Test
    void eachExpiryHasTablesOfItsOwn() {
        CassandraOptions observed = read(URI + "&expiry=observed");

        assertThat(Schema.createKeyspace(observed)).isEqualTo(Schema.createKeyspace(options));
        assertThat(Schema.createTable(options))
                .contains("name        text PRIMARY KEY")
                .doesNotContain("renewals");
        assertThat(Schema.createTable(observed))
                .startsWith("CREATE TABLE IF NOT EXISTS \"ks\".\"tab\"")
                .contains("lock        text PRIMARY KEY", "renewals")
                .doesNotContain("$", "--", "replication");
    }
}
