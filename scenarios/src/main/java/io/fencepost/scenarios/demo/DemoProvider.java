package io.fencepost.scenarios.demo;

import io.fencepost.infra.ClusterKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whose locks the demonstration uses. */
public enum DemoProvider {
    /** Five independent masters: there within two seconds. */
    REDLOCK(ClusterKind.REDIS) {
        @Override
        String uri(List<String> addresses) {
            return "redlock://" + String.join(",", addresses) + "?" + PATIENT;
        }
    },
    /** An ensemble of three. */
    ZOOKEEPER(ClusterKind.ZOOKEEPER) {
        @Override
        String uri(List<String> addresses) {
            // the session of a worker that was killed keeps its locks until nobody has heard of it for so long
            return "zookeeper://" + String.join(",", addresses) + "/demo?sessionTimeout=5s&" + PATIENT;
        }
    },
    /** A ring of three: takes the longest to start. */
    CASSANDRA(ClusterKind.CASSANDRA) {
        @Override
        String uri(List<String> addresses) {
            return "cassandra://" + String.join(",", addresses)
                    + "/demo?localDatacenter=datacenter1&createSchema=true&replicationFactor=3&" + PATIENT;
        }
    };

    /** Workers start while the servers that share the machine with them are busy. */
    private static final String PATIENT = "connectTimeout=20s";

    private final ClusterKind kind;

    DemoProvider(ClusterKind kind) {
        this.kind = kind;
    }

    /** The scheme of the provider. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    ClusterKind kind() {
        return kind;
    }

    abstract String uri(List<String> addresses);

    /**
     * The provider of that id.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static DemoProvider of(String id) {
        return Arrays.stream(values())
                .filter(provider -> provider.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("'" + id + "' is no provider of the demonstration; there are "
                                + Arrays.stream(values()).map(DemoProvider::id).collect(Collectors.joining(", "))));
    }
}
