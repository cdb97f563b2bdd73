package io.fencepost.jmh.contestant;

import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.PerformanceProfile;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What contestants run on; those of one backend share one cluster in a run. */
public enum Backend {
    /** Three nodes. */
    CASSANDRA(ClusterKind.CASSANDRA),
    /** Five independent masters. */
    REDIS(ClusterKind.REDIS),
    /** An ensemble of three. */
    ZOOKEEPER(ClusterKind.ZOOKEEPER),
    /** No servers: within the process of the benchmark. */
    MEMORY(null);

    private final @Nullable ClusterKind kind;

    Backend(@Nullable ClusterKind kind) {
        this.kind = kind;
    }

    /** The name in lower case, as it is in results and on command lines. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The servers, tuned for measuring; empty where there are none. */
    public Optional<ClusterSpec> clusterSpec() {
        return Optional.ofNullable(kind).map(of -> ClusterSpec.of(of).withProfile(PerformanceProfile.BENCHMARK));
    }

    /**
     * The backend of that id.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static Backend of(String id) {
        return Arrays.stream(values())
                .filter(backend -> backend.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + id + "' is no backend; there are "
                        + Arrays.stream(values()).map(Backend::id).collect(Collectors.joining(", "))));
    }
}
