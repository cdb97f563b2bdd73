package io.fencepost.lock.cassandra;

import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.MalformedUri;
import io.fencepost.tck.ProviderFixture;
import io.fencepost.tck.UriFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

class CassandraTckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return new UriFixture("cassandra", TestCluster.uri(), Duration.ofSeconds(2)) {
            @Override
            public Duration slack() {
                return Duration.ofSeconds(3);
            }

            @Override
            public Optional<String> uriTo(String address) {
                return Optional.of(
                        "cassandra://" + address + "/fencepost_it?localDatacenter=datacenter1&connectTimeout=2s");
            }

            @Override
            public Duration connectTimeout() {
                return Duration.ofSeconds(2);
            }

            @Override
            public List<MalformedUri> malformedUris() {
                return List.of(
                        MalformedUri.of("cassandra://127.0.0.1:9042", "keyspace"),
                        MalformedUri.of("cassandra://127.0.0.1:9042/a-b", "a-b", "letters"),
                        MalformedUri.of("cassandra://127.0.0.1:99999/locks", "99999", "65535"),
                        MalformedUri.of("cassandra://127.0.0.1/locks?operationTimeout=1ms", "1ms", "PT0.2S"),
                        MalformedUri.of(
                                "cassandra://127.0.0.1/locks?serialConsistency=serial&consistency=local-quorum",
                                "local-quorum",
                                "serialConsistency=serial"));
            }
        };
    }
}
