package io.fencepost.infra;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free loopback ports and subnets, proved by binding.
 *
 * <p>Ports are taken below the range of ephemeral ports. From inside that range a client that reconnects to a dead node may be
 * given the node's own port as its source, connect to itself, and keep the node from ever binding again.
 */
final class Ports {

    private static final int FLOOR = 10_000;
    private static final int TRIES = 2_000;
    private static final Path EPHEMERAL_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    /** What this JVM has handed out: a port is free by the probe until its server has bound it. */
    private static final Set<Integer> TAKEN = new LinkedHashSet<>();

    private Ports() {}

    /** Different ports, each free on all of the addresses. */
    static List<Integer> free(int count, List<String> hosts) {
        int ceiling = ceiling(readEphemeralRange());
        List<Integer> found = new ArrayList<>();
        synchronized (TAKEN) {
            for (int tries = 0; found.size() < count; tries++) {
                if (tries == TRIES) {
                    throw new IllegalStateException("no " + count + " free ports on " + hosts + " from " + FLOOR
                            + " to " + (ceiling - 1) + ": can these addresses be bound on this machine?");
                }
                int port = ThreadLocalRandom.current().nextInt(FLOOR, ceiling);
                if (!TAKEN.contains(port) && hosts.stream().allMatch(host -> isFree(host, port))) {
                    TAKEN.add(port);
                    found.add(port);
                }
            }
        }
        return found;
    }

    /** Hosts 1 to n of a random network inside 127.0.0.0/8, which clusters of other builds hardly share. */
    static List<String> loopbackHosts(int count) {
        int second = ThreadLocalRandom.current().nextInt(1, 255);
        int third = ThreadLocalRandom.current().nextInt(0, 256);
        List<String> hosts = new ArrayList<>();
        for (int last = 1; last <= count; last++) {
            hosts.add("127." + second + "." + third + "." + last);
        }
        return hosts;
    }

    static boolean isFree(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(literal(host), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The address of a numeric host; asks no resolver. */
    static InetAddress literal(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(host + " is not a numeric address", e);
        }
    }

    /** The end (exclusive) of the range to choose from: the begin of the ephemeral ports where that leaves enough room. */
    static int ceiling(Optional<String> ephemeralRange) {
        int usualBegin = 32_768;
        int begin = ephemeralRange
                .map(range -> Integer.parseInt(range.trim().split("\\s+", -1)[0]))
                .orElse(usualBegin);
        return begin >= FLOOR + TRIES ? begin : usualBegin;
    }

    private static Optional<String> readEphemeralRange() {
        try {
            return Optional.of(Files.readString(EPHEMERAL_RANGE));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
