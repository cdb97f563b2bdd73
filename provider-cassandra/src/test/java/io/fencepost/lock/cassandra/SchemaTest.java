package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private final CassandraOptions options = CassandraOptions.read(BackendConfig.parse(
            "cassandra://h/ks?table=tab&createSchema=true&replicationFactor=5", Map.of(), "me", TimeSource.SYSTEM));

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
}
