package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PortsTest {

    private static final String HOST = "127.0.0.1";

    @Test
    void freePortsAreDifferentOnesThatCanBeBound() {
        List<Integer> ports = Ports.free(20, List.of(HOST));

        assertThat(new HashSet<>(ports)).hasSize(20);
        assertThat(ports).allMatch(port -> Ports.isFree(HOST, port));
    }

    @Test
    void aBoundPortIsNotFree() throws Exception {
        int port = Ports.free(1, List.of(HOST)).get(0);
        try (ServerSocket holder = new ServerSocket()) {
            holder.bind(new InetSocketAddress(Ports.literal(HOST), port));

            assertThat(Ports.isFree(HOST, port)).isFalse();
        }
    }

    @Test
    void portsStayBelowTheEphemeralRange() {
        assertThat(Ports.ceiling(Optional.of("32768\t60999\n"))).isEqualTo(32_768);
        assertThat(Ports.ceiling(Optional.of("20000 30000"))).isEqualTo(20_000);
    }

    @Test
    void anEphemeralRangeThatLeavesNoRoomIsIgnored() {
        assertThat(Ports.ceiling(Optional.of("1024 65535"))).isEqualTo(32_768);
        assertThat(Ports.ceiling(Optional.empty())).isEqualTo(32_768);
    }

    @Test
    void loopbackHostsShareANetworkOfTheirOwn() {
        List<String> hosts = Ports.loopbackHosts(3);

        assertThat(hosts).hasSize(3).allMatch(host -> host.startsWith("127."));
        assertThat(hosts).doesNotContain(HOST);
        assertThat(hosts.stream()
                        .map(host -> host.substring(0, host.lastIndexOf('.')))
                        .distinct())
                .hasSize(1);
    }
}
