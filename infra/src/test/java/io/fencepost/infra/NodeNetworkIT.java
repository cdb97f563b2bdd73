package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Networks of real servers, cut and healed; as root, on Linux. */
class NodeNetworkIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** How long nothing may come through a cut. */
    private static final int SILENCE_MS = 700;

    @BeforeEach
    void onlyWhereThisMachineCan() {
        Optional<String> reason = NodeNetworks.unavailable();
        assumeTrue(reason.isEmpty(), () -> reason.orElse("?"));
    }

    @Test
    void clientsAreCutFromOneRedisServerInEitherDirection() throws Exception {
        try (Cluster cluster = Clusters.start(ClusterSpec.of(ClusterKind.REDIS).withOwnNetworks())) {
            NodeNetwork network = cluster.network().orElseThrow();
            ServerNode node = cluster.nodes().get(0);
            ServerNode other = cluster.nodes().get(4);
            assertThat(cluster.describe()).contains("own networks");
            assertThat(network.droppedPackets()).isZero();

            network.cutClients(0, ClientTraffic.REQUESTS);
            assertSilent(node);
            assertThat(TestServers.redis(other, "SET a b")).isEqualTo("+OK");
            long requests = network.droppedPackets();
            assertThat(requests).isPositive();
            network.heal();
            assertThat(TestServers.redis(node, "SET counter 1")).isEqualTo("+OK");

            try (Socket socket = new Socket()) {
                socket.connect(node.address(), 10_000);
                network.cutClients(0, ClientTraffic.ANSWERS);
                socket.setSoTimeout(SILENCE_MS);
                socket.getOutputStream().write("INCR counter\r\n".getBytes(StandardCharsets.UTF_8));
                assertThatExceptionOfType(SocketTimeoutException.class)
                        .isThrownBy(() -> socket.getInputStream().read());
                assertThat(network.droppedPackets()).isGreaterThan(requests);

                network.heal();

                socket.setSoTimeout((int) LIMIT.toMillis());
                assertThat(socket.getInputStream().readNBytes(2)).isEqualTo(":2".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(TestServers.redis(node, "GET counter")).isEqualTo("2");

            network.cutClients(0);
            cluster.heal();
            assertThat(TestServers.redis(node, "PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void aNodeIsKilledAndRestartedInItsNetworkWithItsCutsAndItsClock() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.REDIS).withNodes(2).withOwnNetworks();
        boolean clocks = MovableClocks.unavailable(ClusterKind.REDIS).isEmpty();
        try (Cluster cluster = Clusters.start(clocks ? spec.withMovableClocks() : spec)) {
            ServerNode node = cluster.nodes().get(1);
            assertThat(TestServers.redis(node, "SET kept yes")).isEqualTo("+OK");

            node.restart();
            assertThat(TestServers.redis(node, "GET kept")).isEqualTo("yes");
            if (clocks) {
                node.moveClock(Duration.ofMinutes(20));
                assertThat(Long.parseLong(TestServers.redisArray(node, "TIME")))
                        .isGreaterThan(System.currentTimeMillis() / 1_000 + 600);
            }
            node.kill();
            cluster.network().orElseThrow().cutClients(1);
            cluster.heal();

            assertThat(TestServers.redis(node, "GET kept")).isEqualTo("yes");
            node.restartEmpty();
            assertThat(TestServers.redis(node, "GET kept")).isEqualTo("$-1");
        }
    }

    @Test
    void aZooKeeperLeaderWithoutItsFollowersIsReplacedAndFollowsAfterTheHealing() {
        try (Cluster cluster =
                Clusters.start(ClusterSpec.of(ClusterKind.ZOOKEEPER).withOwnNetworks())) {
            NodeNetwork network = cluster.network().orElseThrow();
            int leader = leader(cluster, Set.of(0, 1, 2)).orElseThrow();
            Set<Integer> others = Set.of((leader + 1) % 3, (leader + 2) % 3);
            ServerNode follower = cluster.nodes().get((leader + 1) % 3);
            TestServers.createZnode(follower, "/before", "yes");

            network.isolate(leader);

            await().atMost(LIMIT).until(() -> leader(cluster, others).isPresent());
            await().atMost(LIMIT).until(() -> !mode(cluster.nodes().get(leader)).equals("leader"));
            assertThat(network.droppedPackets()).isPositive();
            TestServers.createZnode(follower, "/during", "yes");

            cluster.heal();

            assertThat(TestServers.readZnode(cluster.nodes().get(leader), "/during"))
                    .isEqualTo("yes");
            assertThat(leader(cluster, others)).isPresent();
        }
    }

    @Test
    void oneDirectionBetweenTwoServersIsCutAlone() {
        try (Cluster cluster =
                Clusters.start(ClusterSpec.of(ClusterKind.ZOOKEEPER).withOwnNetworks())) {
            NodeNetwork network = cluster.network().orElseThrow();
            int leader = leader(cluster, Set.of(0, 1, 2)).orElseThrow();
            int deaf = (leader + 1) % 3;

            network.cut(leader, deaf);

            await().atMost(LIMIT).until(() -> !mode(cluster.nodes().get(deaf)).equals("follower"));
            assertThat(network.droppedPackets()).isPositive();
            TestServers.createZnode(cluster.nodes().get((leader + 2) % 3), "/written", "yes");
            network.heal();
            cluster.awaitHealthy(LIMIT);
            assertThat(TestServers.readZnode(cluster.nodes().get(deaf), "/written"))
                    .isEqualTo("yes");
        }
    }

    @Test
    void aCassandraNodeBehindAPartitionIsMissedByTheOthers() {
        try (Cluster cluster =
                Clusters.start(ClusterSpec.of(ClusterKind.CASSANDRA).withOwnNetworks())) {
            NodeNetwork network = cluster.network().orElseThrow();
            String everybody = "SELECT view_name FROM system_distributed.view_build_status"
                    + " WHERE keyspace_name = 'none' AND view_name = 'none'";
            assertThat(TestServers.cassandra(cluster, 0, everybody, CqlProbe.ALL))
                    .isEmpty();

            network.partition(List.of(Set.of(0, 1), Set.of(2)));

            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> TestServers.cassandra(cluster, 0, everybody, CqlProbe.ALL));
            assertThat(TestServers.cassandra(cluster, 2, everybody, CqlProbe.ONE))
                    .isEmpty();
            assertThat(network.droppedPackets()).isPositive();

            cluster.heal();
            assertThat(TestServers.cassandra(cluster, 2, everybody, CqlProbe.ALL))
                    .isEmpty();
        }
    }

    @Test
    void nothingIsLeftOfAClosedClusterAndItsAddressesAreRefused() throws Exception {
        Cluster cluster =
                Clusters.start(ClusterSpec.of(ClusterKind.REDIS).withNodes(2).withOwnNetworks());
        NetworkPlan plan = plan(cluster.directory());
        assertThat(traces(plan)).isNotEmpty();

        cluster.close();

        assertThat(traces(plan)).isEmpty();
        try (Socket socket = new Socket()) {
            InetSocketAddress gone = cluster.nodes().get(0).address();
            // at once, by this machine itself: not by the silence of another network
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> socket.connect(gone, 60_000))
                    .withMessageContaining("No route to host");
        }
    }

    @Test
    void nothingIsLeftOfAClusterWhoseOwnerWasKilled() throws Exception {
        Process user = ClusterUser.command(ClusterUser.OWN_NETWORKS).start();
        try {
            NetworkPlan plan = plan(folder(user));
            assertThat(traces(plan)).isNotEmpty();

            ProcessIdentity.of(user.pid()).orElseThrow().kill();

            await().atMost(LIMIT).until(() -> traces(plan).isEmpty());
            assertThat(routes(plan)).contains("unreachable");
            await().atMost(LIMIT).until(() -> routes(plan).isEmpty());
        } finally {
            user.destroyForcibly();
        }
    }

    @Test
    void nothingIsLeftAfterASweepOfAClusterWhoseWardenWasKilledToo() throws Exception {
        Process user = ClusterUser.command(ClusterUser.OWN_NETWORKS).start();
        try {
            Path folder = folder(user);
            NetworkPlan plan = plan(folder);
            ProcessIdentity warden = WardenClient.process(folder).orElseThrow();
            ProcessIdentity owner = ProcessIdentity.of(user.pid()).orElseThrow();
            warden.kill();
            owner.kill();
            await().atMost(LIMIT).until(() -> !warden.isAlive() && !owner.isAlive());
            assertThat(traces(plan)).isNotEmpty();

            assertThat(Leftovers.sweep(folder.resolveSibling(""))).contains(folder);

            assertThat(traces(plan)).isEmpty();
            await().atMost(LIMIT).until(() -> routes(plan).isEmpty());
        } finally {
            user.destroyForcibly();
        }
    }

    private static void assertSilent(ServerNode node) throws IOException {
        try (Socket socket = new Socket()) {
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> socket.connect(node.address(), SILENCE_MS));
        }
    }

    private static Optional<Integer> leader(Cluster cluster, Set<Integer> among) {
        return among.stream()
                .filter(index -> mode(cluster.nodes().get(index)).equals("leader"))
                .findFirst();
    }

    /** {@code leader}, {@code follower}, or what a server without a quorum says. */
    private static String mode(ServerNode node) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(10_000);
            socket.connect(node.address(), 10_000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()))
                    .findFirst()
                    .orElse(answer);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static NetworkPlan plan(Path cluster) {
        return ClusterFolder.plan(cluster).orElseThrow().network().orElseThrow();
    }

    private static Path folder(Process user) throws IOException {
        BufferedReader reader = user.inputReader();
        String line = reader.readLine();
        assertThat(line).startsWith("cluster ");
        assertThat(reader.readLine()).isEqualTo("ready");
        return Path.of(line.substring("cluster ".length()));
    }

    /** The namespaces, interfaces and rules that bear the name of a network. */
    private static List<String> traces(NetworkPlan plan) throws IOException {
        NetworkTools tools = NetworkTools.find();
        String all = tools.ip("netns", "list") + tools.ip("-o", "link", "show") + tools.iptables(List.of("-S"));
        return all.lines().filter(line -> line.contains(plan.id())).toList();
    }

    private static String routes(NetworkPlan plan) {
        return NetworkTools.find().ip("route", "show", "root", plan.subnet()).trim();
    }
}
