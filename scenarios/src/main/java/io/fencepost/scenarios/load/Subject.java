package io.fencepost.scenarios.load;

import io.fencepost.infra.ClusterSpec;
import io.fencepost.jmh.Target;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A provider that is put under load, in one of its ways to work. */
public enum Subject {
    CASSANDRA(Target.CASSANDRA, ""),
    REDLOCK(Target.REDLOCK, ""),
    ZOOKEEPER(Target.ZOOKEEPER, ""),
    /** The provider {@code zookeeper} with a queue for everybody. */
    ZOOKEEPER_FAIR(Target.ZOOKEEPER, "fair=true"),
    /** No servers: what the client alone costs. Processes do not share its locks, so it is driven by one. */
    MEMORY(null, "");

    /** Workers start on a machine that runs the servers as well. */
    private static final String PATIENT = "connectTimeout=20s";

    private final @Nullable Target target;
    private final String options;

    Subject(@Nullable Target target, String options) {
        this.target = target;
        this.options = options;
    }

    /** Its name in results and on the command line. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The servers that it needs; empty if none. */
    public Optional<ClusterSpec> clusterSpec() {
        return Optional.ofNullable(target).map(Target::clusterSpec);
    }

    /**
     * The URI of a client.
     *
     * @param addresses of the servers
     * @param more options of the provider, {@code name=value} each
     */
    public String uri(List<String> addresses, List<String> more) {
        if (target == null) {
            return "memory:load";
        }
        StringBuilder uri = new StringBuilder(target.uri(addresses));
        append(uri, PATIENT);
        if (!options.isEmpty()) {
            append(uri, options);
        }
        more.forEach(option -> append(uri, option));
        return uri.toString();
    }

    private static void append(StringBuilder uri, String option) {
        uri.append(uri.indexOf("?") < 0 ? '?' : '&').append(option);
    }

    /**
     * The subject of that id.
     *
     * @param allowed among which
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static Subject of(String id, Set<Subject> allowed) {
        return allowed.stream()
                .filter(subject -> subject.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + id + "' is no provider here; allowed are "
                        + allowed.stream().map(Subject::id).collect(Collectors.joining(", "))));
    }

    /** All. */
    public static Set<Subject> all() {
        return EnumSet.copyOf(Arrays.asList(values()));
    }
}
