package io.fencepost.tck.docker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Chooses free ports and a subnet. */
final class Places {
    /** Below the ephemeral ports, or a client that reconnects to a dead server can be given the server's port and connect to itself. */
    private static final int FIRST_PORT = 10_000;

    private static final int END_OF_PORTS = 32_000;
    private static final int TRIES = 2_000;
    private static final int FIRST_HOST = 11;

    private Places() {}

    /** A subnet of the range set aside for measurements, in which the servers have fixed addresses. */
    static Placement choose(String kind, int servers) {
        String prefix = "198.19." + ThreadLocalRandom.current().nextInt(256) + ".";
        return new Placement(
                "fencepost-" + kind + "-" + UUID.randomUUID().toString().substring(0, 8),
                prefix + "0/24",
                IntStream.range(0, servers)
                        .mapToObj(index -> prefix + (FIRST_HOST + index))
                        .toList(),
                freePorts(servers));
    }

    private static List<Integer> freePorts(int count) {
        Set<Integer> found = new HashSet<>();
        for (int tries = 0; found.size() < count; tries++) {
            if (tries == TRIES) {
                throw new IllegalStateException(
                        "no " + count + " free ports on loopback from " + FIRST_PORT + " to " + (END_OF_PORTS - 1));
            }
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, END_OF_PORTS);
            if (isFree(port)) {
                found.add(port);
            }
        }
        return new ArrayList<>(found);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
