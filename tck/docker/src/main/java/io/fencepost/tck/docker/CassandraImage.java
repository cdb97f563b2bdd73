package io.fencepost.tck.docker;

import io.fencepost.infra.CqlProbe;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One Cassandra ring.
 *
 * <p>Drivers connect to the addresses that the nodes announce. Each node therefore listens on the very port that is published for
 * it, and announces loopback with that port.
 */
final class CassandraImage implements ServerImage {
    /** Replicated to every node by {@code system_distributed.default_rf}; the row need not exist to be asked for. */
    private static final String ASK_EVERYBODY =
            "SELECT view_name FROM system_distributed.view_build_status WHERE keyspace_name = 'none' AND view_name = 'none'";

    private static final String NOBODY = "cassandra";

    @Override
    public String defaultName() {
        return "cassandra:5.0.9";
    }

    @Override
    public int clientPort(Placement placement, int index) {
        return placement.ports().get(index);
    }

    @Override
    public Map<String, String> environment(Placement placement, int index) {
        return Map.of(
                "CASSANDRA_SEEDS",
                String.join(",", placement.hosts()),
                "CASSANDRA_LISTEN_ADDRESS",
                placement.hosts().get(index),
                "CASSANDRA_BROADCAST_RPC_ADDRESS",
                Placement.LOOPBACK,
                "MAX_HEAP_SIZE",
                "256M",
                "HEAP_NEWSIZE",
                "64M",
                "JVM_EXTRA_OPTS",
                "-Dcassandra.ring_delay_ms=500 -Dcassandra.skip_wait_for_gossip_to_settle=0"
                        + " -Dcassandra.superuser_setup_delay_ms=86400000"
                        + " -Dcassandra.system_distributed.default_rf=" + placement.size()
                        + " -Dcassandra.system_auth.default_rf=" + placement.size());
    }

    /** The image can be told few of the settings by its environment. */
    @Override
    public Map<String, String> files(Placement placement, int index) {
        return Map.of("/etc/cassandra/cassandra.yaml", yaml(placement, index));
    }

    private static String yaml(Placement placement, int index) {
        String host = placement.hosts().get(index);
        return String.join(
                "\n",
                "cluster_name: '" + placement.name() + "'",
                "partitioner: org.apache.cassandra.dht.Murmur3Partitioner",
                "num_tokens: 1",
                "initial_token: '" + token(index, placement.size()) + "'",
                // all nodes are seeds and start at once, so that none waits for another
                "auto_bootstrap: false",
                "endpoint_snitch: SimpleSnitch",
                "listen_address: " + host,
                "broadcast_address: " + host,
                "rpc_address: 0.0.0.0",
                "broadcast_rpc_address: " + Placement.LOOPBACK,
                "storage_port: 7000",
                "native_transport_port: " + placement.ports().get(index),
                "start_native_transport: true",
                "seed_provider:",
                "  - class_name: org.apache.cassandra.locator.SimpleSeedProvider",
                "    parameters:",
                "      - seeds: \"" + String.join(",", placement.hosts()) + "\"",
                "paxos_variant: v2",
                "commitlog_sync: batch",
                "hinted_handoff_enabled: true",
                "auto_snapshot: false",
                "disk_access_mode: mmap_index_only",
                "commitlog_segment_size: 8MiB",
                "commitlog_total_space: 128MiB",
                "concurrent_reads: 16",
                "concurrent_writes: 32",
                "file_cache_size: 16MiB",
                "memtable_heap_space: 48MiB",
                "memtable_offheap_space: 48MiB",
                "data_file_directories: ['/var/lib/cassandra/data']",
                "commitlog_directory: /var/lib/cassandra/commitlog",
                "saved_caches_directory: /var/lib/cassandra/saved_caches",
                "hints_directory: /var/lib/cassandra/hints",
                "cdc_raw_directory: /var/lib/cassandra/cdc_raw",
                "");
    }

    /** Tokens that divide the ring evenly. */
    private static BigInteger token(int index, int size) {
        return BigInteger.ONE
                .shiftLeft(64)
                .multiply(BigInteger.valueOf(index))
                .divide(BigInteger.valueOf(size))
                .subtract(BigInteger.ONE.shiftLeft(63));
    }

    @Override
    public String version(Placement placement, int index) throws IOException {
        try (CqlProbe probe = open(placement, index)) {
            return probe.query("SELECT release_version FROM system.local", CqlProbe.ONE)
                    .get(0)
                    .get(0);
        }
    }

    @Override
    public Optional<String> defect(Placement placement, int index) throws IOException {
        try (CqlProbe probe = open(placement, index)) {
            List<String> local = probe.query("SELECT cluster_name, schema_version FROM system.local", CqlProbe.ONE)
                    .get(0);
            if (!local.get(0).equals(placement.name())) {
                return Optional.of("it belongs to the cluster " + local.get(0) + ", not " + placement.name());
            }
            Set<String> missing = new HashSet<>(placement.hosts());
            missing.remove(placement.hosts().get(index));
            for (List<String> peer : probe.query("SELECT peer, schema_version FROM system.peers_v2", CqlProbe.ONE)) {
                if (!missing.remove(peer.get(0))) {
                    return Optional.of("it sees a stranger, " + peer.get(0));
                }
                if (!peer.get(1).equals(local.get(1))) {
                    return Optional.of("its schema is not that of " + peer.get(0));
                }
            }
            if (!missing.isEmpty()) {
                return Optional.of("it does not see " + missing);
            }
            probe.query(ASK_EVERYBODY, CqlProbe.ALL);
            return Optional.empty();
        }
    }

    private static CqlProbe open(Placement placement, int index) throws IOException {
        return CqlProbe.open(placement.address(index), NOBODY, Optional.empty());
    }
}
