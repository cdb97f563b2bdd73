package io.fencepost.infra;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * The names and addresses of the network of one cluster.
 *
 * @param id what its namespaces and interfaces are named after, such as {@code fp3a9c01}
 * @param prefix the first three numbers of its addresses, such as {@code 198.18.7}
 */
record NetworkPlan(String id, String prefix) {

    private static final int FIRST_NODE = 11;
    private static final int TRIES = 200;

    /**
     * Chooses a subnet that no route of this machine leads to, of the range that is set aside for measurements (RFC 2544) and
     * then of 10.0.0.0/8.
     *
     * @param routes what {@code /proc/net/route} says
     */
    static NetworkPlan choose(String routes, RandomGenerator random) {
        List<Route> taken = routes.lines().skip(1).map(Route::parse).toList();
        for (int tries = 0; tries < TRIES; tries++) {
            String prefix = tries < TRIES / 2
                    ? "198." + random.nextInt(18, 20) + "." + random.nextInt(256)
                    : "10." + random.nextInt(256) + "." + random.nextInt(256);
            if (taken.stream().noneMatch(route -> route.meets(prefix))) {
                return new NetworkPlan(randomId(random), prefix);
            }
        }
        throw new IllegalStateException("no free subnet found in 198.18.0.0/15 and 10.0.0.0/8: routes lead to them");
    }

    private static String randomId(RandomGenerator random) {
        return "fp%06x".formatted(random.nextInt(1 << 24));
    }

    /** As {@link #choose(String, RandomGenerator)}, on this machine. */
    static NetworkPlan choose() {
        String routes = Disk.read(java.nio.file.Path.of("/proc/net/route"))
                .orElseThrow(() -> new IllegalStateException("there is no /proc/net/route"));
        return choose(routes, ThreadLocalRandom.current());
    }

    String subnet() {
        return prefix + ".0/24";
    }

    /** The bridge's address, which clients have. */
    String clientHost() {
        return prefix + ".1";
    }

    String host(int index) {
        return prefix + "." + (FIRST_NODE + index);
    }

    String bridge() {
        return id;
    }

    String namespace(int index) {
        return id + "n" + (index + 1);
    }

    /** The end of a node's cable that is on the bridge. */
    String port(int index) {
        return id + "p" + (index + 1);
    }

    /** A line of {@code /proc/net/route}; its numbers are as they lie in memory. */
    private record Route(int destination, int mask) {

        private static final int DESTINATION = 1;
        private static final int MASK = 7;

        static Route parse(String line) {
            String[] fields = line.trim().split("\\s+", -1);
            return new Route(
                    Integer.reverseBytes(Integer.parseUnsignedInt(fields[DESTINATION], 16)),
                    Integer.reverseBytes(Integer.parseUnsignedInt(fields[MASK], 16)));
        }

        /** Whether it leads to a part of the subnet; the default route leads everywhere and does not count. */
        boolean meets(String prefix) {
            String[] numbers = prefix.split("\\.", -1);
            int subnet = (Integer.parseInt(numbers[0]) << 24)
                    | (Integer.parseInt(numbers[1]) << 16)
                    | (Integer.parseInt(numbers[2]) << 8);
            int common = mask & 0xFFFFFF00;
            return mask != 0 && (subnet & common) == (destination & common);
        }
    }
}
