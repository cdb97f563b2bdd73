package io.fencepost.tck.clusters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.tck.ClientLinks;
import io.fencepost.tck.ServerControl;
import io.fencepost.tck.UriFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hooks, over a cluster of nobody. */
class ClusterFixtureTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private static ClusterFixture fixture(FakeCluster cluster) {
        return new ClusterFixture(
                "fake", cluster, addresses -> "fake://" + String.join(",", addresses), Duration.ofSeconds(1)) {};
    }

    @Test
    void connectsToTheServersAndClosesTheirCluster() {
        FakeCluster cluster = new FakeCluster(3);
        ClusterFixture fixture = fixture(cluster);
        assertThat(fixture.uri()).isEqualTo("fake://127.0.0.1:1001,127.0.0.1:1002,127.0.0.1:1003");
        assertThat(fixture.uriOver(List.of("127.0.0.1:1"))).isEqualTo("fake://127.0.0.1:1");
        fixture.close();
        assertThat(cluster.calls()).containsExactly("close");
    }

    @Test
    void givesTheHooksThatTheClusterHas() {
        ClusterFixture fixture = fixture(new FakeCluster(3));
        assertThat(fixture.links().isPresent()).isTrue();
        assertThat(fixture.servers().isPresent()).isTrue();
        assertThat(fixture.workers().isPresent()).isTrue();
        ClusterSpec movable = ClusterSpec.of(ClusterKind.REDIS).withMovableClocks();
        assertThat(fixture(new FakeCluster(movable)).clocks().isPresent()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1,0", "2,0", "3,1", "4,1", "5,2", "9,4"})
    void toleratesTheLossOfAMinority(int servers, int tolerated) {
        ServerControl control = new ClusterServers(new FakeCluster(servers));
        assertThat(control.count()).isEqualTo(servers);
        assertThat(control.tolerated()).isEqualTo(tolerated);
    }

    @Test
    void doesToServersWhatItIsTold() {
        FakeCluster cluster = new FakeCluster(3);
        ServerControl servers = new ClusterServers(cluster);
        servers.kill(2);
        servers.pause(0);
        servers.heal();
        assertThat(cluster.calls()).containsExactly("kill 2", "pause 0", "heal");
    }

    @Test
    void waitsUntilAServerGoesByTheClockThatWasMoved() {
        FakeCluster cluster = new FakeCluster(3);
        AtomicInteger looks = new AtomicInteger();
        ClusterClocks clocks = new ClusterClocks(cluster, server -> {
            boolean late = looks.getAndIncrement() < 3;
            return Optional.of(late ? Instant.now() : Instant.now().plus(server.clockOffset()));
        });
        clocks.move(1, HOUR);
        assertThat(cluster.calls()).containsExactly("clock PT1H 1");
        assertThat(looks).hasValue(4);
    }

    @Test
    void believesAServerThatDoesNotTellTheTimeAndSetsAllClocksRight() {
        FakeCluster cluster = new FakeCluster(2);
        ClusterClocks clocks = new ClusterClocks(cluster, server -> Optional.empty());
        clocks.move(0, HOUR.negated());
        clocks.heal();
        assertThat(cluster.calls()).containsExactly("clock PT-1H 0", "clock PT0S 0", "clock PT0S 1");
    }

    @Test
    void disturbsConnectionsOverTheLinks() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FaultyLinks proxies = FaultyLinks.to(List.of("127.0.0.1:" + server.getLocalPort()));
            UriFixture behind = fixture(new FakeCluster(1));
            try (ClientLinks links = new ProxiedLinks(proxies, behind, FaultyLinks::cut)) {
                String address = proxies.addresses().get(0);
                int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
                try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    links.holdRequests();
                    client.getOutputStream().write(1);
                    Awaitility.await().until(() -> links.held() == 1);
                    links.endSessions();
                    assertThat(links.held()).isZero();
                    assertThat(proxies.resets()).isEqualTo(1);
                }
            }
            assertThatIllegalStateException().isThrownBy(proxies::heal);
        }
    }
}
