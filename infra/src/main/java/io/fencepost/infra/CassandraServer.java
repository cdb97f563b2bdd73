package io.fencepost.infra;

import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One Cassandra ring, every node with an address of its own (in 127.0.0.0/8, or in its own network) and the same ports.
 *
 * <p>All nodes are seeds and start at once, so that none waits for another. They can then form separate rings without a word of
 * complaint; health therefore asks every node for its peers, their agreement on the schema, and a read that only succeeds when
 * every node answers it.
 */
final class CassandraServer implements ServerType {

    /** Replicated to every node by {@code system_distributed.default_rf}; the row need not exist to be asked for. */
    private static final String ASK_EVERYBODY =
            "SELECT view_name FROM system_distributed.view_build_status WHERE keyspace_name = 'none' AND view_name = 'none'";

    /** What Cassandra's own jvm17-server.options opens (of Java 11's options, the same works). */
    private static final List<String> MODULE_OPTIONS = List.of(
            "-Djdk.attach.allowAttachSelf=true",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=java.management.rmi/com.sun.jmx.remote.internal.rmi=ALL-UNNAMED",
            "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
            "--add-exports=java.rmi/sun.rmi.server=ALL-UNNAMED",
            "--add-exports=java.sql/java.sql=ALL-UNNAMED",
            "--add-exports=java.base/java.lang.ref=ALL-UNNAMED",
            "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
            "--add-exports=jdk.attach/sun.tools.attach=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.module=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.loader=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.reflect=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.math=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.module=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.util.jar=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
            "-Dio.netty.tryReflectionSetAccessible=true",
            "-Dio.netty.allocator.useCacheForAllThreads=true",
            "-Dio.netty.allocator.maxOrder=11");

    private static final int USUAL_CLIENT_PORT = 9042;
    private static final int USUAL_PEER_PORT = 7000;

    private final Checkout checkout;

    CassandraServer(Checkout checkout) {
        this.checkout = checkout;
    }

    @Override
    public List<ClusterPlan.NodePlan> place(ClusterSpec spec, Optional<NetworkPlan> network) {
        if (network.isPresent()) {
            return IntStream.range(0, spec.nodes())
                    .mapToObj(index ->
                            new ClusterPlan.NodePlan(network.get().host(index), USUAL_CLIENT_PORT, USUAL_PEER_PORT, 0))
                    .toList();
        }
        List<String> hosts = Ports.loopbackHosts(spec.nodes());
        List<Integer> ports = Ports.free(2, hosts);
        return hosts.stream()
                .map(host -> new ClusterPlan.NodePlan(host, ports.get(0), ports.get(1), 0))
                .toList();
    }

    @Override
    public List<String> prepare(ClusterPlan plan, int index, NodeFiles files, boolean replacing) {
        ClusterPlan.NodePlan node = plan.nodes().get(index);
        Path configuration = files.folder().resolve("cassandra.yaml");
        Path logging = files.folder().resolve("logback.xml");
        Disk.createFolders(files.data());
        Disk.write(configuration, yaml(plan, index, files, replacing));
        Disk.write(logging, JvmServers.logback("INFO"));

        List<Path> classPath = checkout.serverClassPath(ClusterKind.CASSANDRA);
        List<String> command = new ArrayList<>();
        command.add(executable().toString());
        command.addAll(heap(plan.spec().profile()));
        command.addAll(List.of("-Xss512k", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData", "-ea"));
        command.addAll(MODULE_OPTIONS);
        classPath.stream()
                .filter(jar -> jar.getFileName().toString().startsWith("jamm-"))
                .forEach(jar -> command.add("-javaagent:" + jar));
        String size = Integer.toString(plan.nodes().size());
        command.addAll(List.of(
                "-Dcassandra.config=" + configuration.toUri(),
                "-Dcassandra.storagedir=" + files.data(),
                "-Dcassandra.logdir=" + files.folder(),
                "-Dlogback.configurationFile=" + logging,
                "-Dcassandra-foreground=yes",
                "-Dcassandra.ring_delay_ms=500",
                "-Dcassandra.skip_wait_for_gossip_to_settle=0",
                "-Dcassandra.system_distributed.default_rf=" + size,
                "-Dcassandra.system_auth.default_rf=" + size,
                // without passwords nobody needs the superuser, so its set-up is put off beyond any run
                "-Dcassandra.superuser_setup_delay_ms="
                        + (plan.spec().password().isPresent() ? "0" : "86400000")));
        if (replacing) {
            command.add("-Dcassandra.replace_address_first_boot=" + node.host());
            command.add("-Dcassandra.allow_unsafe_replace=true");
        }
        command.add("-cp");
        command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add("org.apache.cassandra.service.CassandraDaemon");
        return command;
    }

    @Override
    public Path executable() {
        return CassandraJava.find();
    }

    @Override
    public String version(ClusterPlan plan, int index) throws IOException {
        try (CqlProbe probe = open(plan, index)) {
            return probe.query("SELECT release_version FROM system.local", CqlProbe.ONE)
                    .get(0)
                    .get(0);
        }
    }

    @Override
    public Optional<String> defect(ClusterPlan plan, int index) throws IOException {
        try (CqlProbe probe = open(plan, index)) {
            List<String> local = probe.query("SELECT cluster_name, schema_version FROM system.local", CqlProbe.ONE)
                    .get(0);
            if (!local.get(0).equals(plan.name())) {
                return Optional.of("it belongs to the cluster " + local.get(0) + ", not " + plan.name());
            }
            Set<String> missing = new HashSet<>();
            plan.nodes().forEach(node -> missing.add(node.host()));
            missing.remove(plan.nodes().get(index).host());
            List<List<String>> peers = probe.query("SELECT peer, schema_version FROM system.peers_v2", CqlProbe.ONE);
            for (List<String> peer : peers) {
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

    @Override
    public String flags(ClusterSpec spec) {
        return String.join(" ", heap(spec.profile())) + ", paxos_variant v2, commitlog_sync "
                + (spec.durability() == Durability.SAFE ? "batch" : "periodic");
    }

    private static CqlProbe open(ClusterPlan plan, int index) throws IOException {
        return CqlProbe.open(
                plan.nodes().get(index).clientAddress(),
                ClusterSpec.CASSANDRA_SUPERUSER,
                plan.spec().password());
    }

    private static List<String> heap(PerformanceProfile profile) {
        return switch (profile) {
            case TEST -> List.of("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
            case BENCHMARK -> List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC");
        };
    }

    static String yaml(ClusterPlan plan, int index, NodeFiles files, boolean replacing) {
        ClusterPlan.NodePlan node = plan.nodes().get(index);
        String seeds = plan.nodes().stream()
                .map(seed -> seed.host() + ":" + seed.peerPort())
                .collect(Collectors.joining(","));
        List<String> lines = new ArrayList<>(List.of(
                "cluster_name: '" + plan.name() + "'",
                "partitioner: org.apache.cassandra.dht.Murmur3Partitioner",
                "num_tokens: 1",
                "auto_bootstrap: false",
                "endpoint_snitch: SimpleSnitch",
                "listen_address: " + node.host(),
                "rpc_address: " + node.host(),
                "storage_port: " + node.peerPort(),
                "native_transport_port: " + node.clientPort(),
                "start_native_transport: true",
                "seed_provider:",
                "  - class_name: org.apache.cassandra.locator.SimpleSeedProvider",
                "    parameters:",
                "      - seeds: '" + seeds + "'",
                "paxos_variant: v2",
                "hinted_handoff_enabled: true",
                "auto_snapshot: false",
                "disk_access_mode: mmap_index_only",
                "commitlog_segment_size: 8MiB",
                "commitlog_total_space: 128MiB",
                "concurrent_reads: 16",
                "concurrent_writes: 32",
                "file_cache_size: 16MiB",
                "memtable_heap_space: 48MiB",
                "memtable_offheap_space: 48MiB"));
        switch (plan.spec().durability()) {
            case SAFE -> lines.add("commitlog_sync: batch");
            case UNSAFE -> lines.addAll(List.of("commitlog_sync: periodic", "commitlog_sync_period: 10s"));
        }
        if (!replacing) {
            lines.add("initial_token: '" + token(index, plan.nodes().size()) + "'");
        }
        if (plan.spec().password().isPresent()) {
            lines.addAll(List.of("authenticator: PasswordAuthenticator", "role_manager: CassandraRoleManager"));
        }
        for (String folder : List.of("commitlog", "saved_caches", "hints", "cdc_raw")) {
            lines.add(folder + "_directory: '" + files.data().resolve(folder) + "'");
        }
        lines.add("data_file_directories: ['" + files.data().resolve("data") + "']");
        return String.join("\n", lines) + "\n";
    }

    /** Tokens that divide the ring evenly. */
    static BigInteger token(int index, int size) {
        BigInteger ring = BigInteger.ONE.shiftLeft(64);
        return ring.multiply(BigInteger.valueOf(index))
                .divide(BigInteger.valueOf(size))
                .subtract(BigInteger.ONE.shiftLeft(63));
    }
}
