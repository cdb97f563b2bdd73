package io.fencepost.scenarios.load;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How many locks the operations share: the one table of it. Each operation draws its lock evenly. */
public enum Contention {
    /** Operations hardly ever meet. */
    LOW(1_000),
    /** They meet when several are under way. */
    MEDIUM(8),
    /** All want the same. */
    HIGH(1);

    private final int locks;

    Contention(int locks) {
        this.locks = locks;
    }

    /** How many locks there are. */
    public int locks() {
        return locks;
    }

    /** Its name in results and on the command line. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The locks by name. */
    List<String> names() {
        return IntStream.range(0, locks).mapToObj(i -> "load-" + id() + "/" + i).toList();
    }

    /**
     * The rate at which a subject is driven unless another is asked for, in operations a second: chosen to be moderate on two cores that also run the servers, not derived from
     * a ladder.
     */
    double moderateRate(Subject subject) {
        boolean one = this == HIGH;
        return switch (subject) {
            case CASSANDRA -> one ? 20 : 40;
            case REDLOCK -> one ? 150 : 300;
            case ZOOKEEPER, ZOOKEEPER_FAIR -> one ? 150 : 300;
            case MEMORY -> 1_000;
        };
    }

    /** Where a ladder begins. */
    double lowRate(Subject subject) {
        return moderateRate(subject) / 4;
    }

    /**
     * The level of that id.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static Contention of(String id) {
        return Arrays.stream(values())
                .filter(level -> level.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + id + "' is no level of contention; allowed are "
                        + Arrays.stream(values()).map(Contention::id).collect(Collectors.joining(", "))));
    }
}
