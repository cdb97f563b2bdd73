package io.fencepost.jmh.run;

import static io.fencepost.jmh.contestant.Ability.RENEWS;
import static io.fencepost.jmh.contestant.Ability.WAITS;

import io.fencepost.jmh.contestant.Ability;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The benchmarks there are. */
public enum BenchmarkId {
    UNCONTENDED_ACQUIRE("Uncontended.acquire", 1),
    UNCONTENDED_RELEASE("Uncontended.release", 1),
    UNCONTENDED_CYCLE("Uncontended.cycle", 1),
    FAILED_TRY("FailedTry.tryHeld", 2),
    RENEWAL("Renewal.renew", 1, RENEWS),
    CONTENDED_CYCLE("Contended.cycle", 1, WAITS),
    MANY_LOCKS("ManyLocks.cycle", 1, WAITS),
    HANDOFF("Handoff.pass", 2, WAITS),
    MEMORY_CYCLE("MemoryCycle.cycle", 1);

    private final String id;
    private final int leastClients;
    private final @Nullable Ability needed;

    BenchmarkId(String id, int leastClients) {
        this(id, leastClients, null);
    }

    BenchmarkId(String id, int leastClients, @Nullable Ability needed) {
        this.id = id;
        this.leastClients = leastClients;
        this.needed = needed;
    }

    /** Class and method, as in {@code Contended.cycle}: the name in results. */
    public String id() {
        return id;
    }

    /** How many clients it needs. */
    public int leastClients() {
        return leastClients;
    }

    /** What a contestant must be able to do to be measured by it. */
    public Optional<Ability> needed() {
        return Optional.ofNullable(needed);
    }

    /** Whether threads wait for each other in it: throughput is its figure, and it needs a longer look. */
    public boolean contended() {
        return this == CONTENDED_CYCLE || this == MANY_LOCKS;
    }

    /**
     * The benchmark of that id.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static BenchmarkId of(String id) {
        return Arrays.stream(values())
                .filter(benchmark -> benchmark.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + id + "' is no benchmark; there are "
                        + Arrays.stream(values()).map(BenchmarkId::id).collect(Collectors.joining(", "))));
    }
}
