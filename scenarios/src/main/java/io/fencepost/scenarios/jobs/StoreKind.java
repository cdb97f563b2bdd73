package io.fencepost.scenarios.jobs;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where the jobs of a measurement are kept. */
public enum StoreKind {
    /** A file of SQLite that all workers share. */
    SQLITE,
    /** A keyspace on three Cassandra nodes. */
    CASSANDRA;

    /** Its name in results and on the command line. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The store of that id.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static StoreKind of(String id) {
        return Arrays.stream(values())
                .filter(kind -> kind.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + id + "' is no store; there are "
                        + Arrays.stream(values()).map(StoreKind::id).collect(Collectors.joining(", "))));
    }
}
