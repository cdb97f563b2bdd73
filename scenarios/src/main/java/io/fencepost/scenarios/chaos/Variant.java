package io.fencepost.scenarios.chaos;

import io.fencepost.infra.ClusterKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A provider in one of its ways to work, which is what a scenario is run on. */
public enum Variant {
    /** The provider {@code cassandra} as it is by default: servers judge by their clocks when a lease is over. */
    CASSANDRA(ClusterKind.CASSANDRA),
    /** The provider {@code cassandra} where those who wait observe when a lease is over. */
    CASSANDRA_OBSERVED(ClusterKind.CASSANDRA),
    /** The provider {@code redlock} as it is by default. */
    REDLOCK(ClusterKind.REDIS),
    /** The provider {@code redlock} that believes in every restarted server, and takes no tokens from clocks. */
    REDLOCK_TRUSTING(ClusterKind.REDIS),
    /** The provider {@code zookeeper} as it is by default. */
    ZOOKEEPER(ClusterKind.ZOOKEEPER),
    /** The provider {@code zookeeper} with a queue. */
    ZOOKEEPER_FAIR(ClusterKind.ZOOKEEPER);

    private static final String DATACENTER = "datacenter1";
    /** Workers start all at once, on a machine that runs the servers as well. */
    private static final String PATIENT = "connectTimeout=20s";

    private final ClusterKind kind;

    Variant(ClusterKind kind) {
        this.kind = kind;
    }

    /** Its name in results and on the command line. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The servers that it needs. */
    public ClusterKind kind() {
        return kind;
    }

    /**
     * The variant of that id.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static Variant of(String id) {
        return Arrays.stream(values())
                .filter(variant -> variant.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + id + "' is no provider for scenarios; there are "
                        + Arrays.stream(values()).map(Variant::id).collect(Collectors.joining(", "))));
    }

    /**
     * The URI of a client that reaches each server by a way of its own.
     *
     * @param servers addresses as the servers know them
     * @param ways the addresses to connect to instead, in the same order
     * @param durable whether these servers keep what they acknowledged
     */
    String uri(List<String> servers, List<String> ways, boolean durable) {
        return switch (this) {
            case CASSANDRA -> cassandra(servers, ways, "chaos") + "&expiry=ttl";
            case CASSANDRA_OBSERVED -> cassandra(servers, ways, "chaos_observed") + "&expiry=observed";
            // servers that forget are kept out for the longest ttl: a minute of that would be most of a run; and no
            // clock shall help
            case REDLOCK -> redlock(ways) + (durable ? "" : "&maxTtl=6s&tokenHint=none");
            case REDLOCK_TRUSTING -> redlock(ways) + "&restarts=trust&tokenHint=none" + (durable ? "" : "&maxTtl=6s");
            case ZOOKEEPER -> zookeeper(ways, "/chaos");
            case ZOOKEEPER_FAIR -> zookeeper(ways, "/chaos-fair") + "&fair=true";
        };
    }

    private static String cassandra(List<String> servers, List<String> ways, String keyspace) {
        String map = IntStream.range(0, servers.size())
                .mapToObj(node -> servers.get(node) + ">" + ways.get(node))
                .collect(Collectors.joining(","));
        return "cassandra://" + String.join(",", ways) + "/" + keyspace + "?localDatacenter=" + DATACENTER
                + "&createSchema=true&" + PATIENT + "&replicationFactor=" + Math.min(3, servers.size())
                + (servers.equals(ways) ? "" : "&addressMap=" + map);
    }

    private static String redlock(List<String> ways) {
        return "redlock://" + String.join(",", ways) + "?" + PATIENT;
    }

    private static String zookeeper(List<String> ways, String base) {
        return "zookeeper://" + String.join(",", ways) + base + "?" + PATIENT;
    }
}
