package io.fencepost.report;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What a complete run holds, in the order in which it is shown. results/README.md defines the metrics in words. */
final class Expectations {
    static final String UNCONTENDED = "uncontended";
    static final String FLOOR = "floor";
    static final String HANDOFF = "handoff";
    static final String TAKEOVER = "takeover";
    static final String KILL_NODE = "kill-node";
    /** From few threads to many. */
    static final List<String> CONTENTION = List.of("contention-low", "contention-medium", "contention-high");

    private static final Map<String, Integer> THREADS =
            Map.of("contention-low", 2, "contention-medium", 8, "contention-high", 32);

    static final String RATIO = "ratio_acquire_p50";
    static final String DOUBLE_HOLDERS = "double_holders";
    static final String TOKEN_VIOLATIONS = "token_violations";
    static final String GRANTS = "grants";

    /** What must be zero; anything else breaks the promise of a lock. */
    static final Set<String> VIOLATIONS = Set.of(DOUBLE_HOLDERS, TOKEN_VIOLATIONS);

    private static final Set<String> MAY_BE_ZERO = Set.of(DOUBLE_HOLDERS, TOKEN_VIOLATIONS, "failed_attempts");

    /** The in-process provider has no second process, no node to lose and no driver below it. */
    private static final Set<String> IN_PROCESS = Set.of("memory");

    static final List<Scenario> SCENARIOS = List.of(
            new Scenario(
                    UNCONTENDED,
                    "one thread, a free lock, no other client",
                    List.of(
                            new Metric("acquire_p50", Unit.MICROSECONDS),
                            new Metric("acquire_p95", Unit.MICROSECONDS),
                            new Metric("acquire_p99", Unit.MICROSECONDS),
                            new Metric("release_p50", Unit.MICROSECONDS),
                            new Metric("release_p95", Unit.MICROSECONDS),
                            new Metric("release_p99", Unit.MICROSECONDS),
                            new Metric("cycle_throughput", Unit.OPERATIONS_PER_SECOND))),
            new Scenario(
                    FLOOR,
                    "the raw driver call that a correct lock cannot avoid, in blocks alternating with uncontended",
                    List.of(
                            new Metric("raw_acquire_p50", Unit.MICROSECONDS),
                            new Metric("raw_acquire_p95", Unit.MICROSECONDS),
                            new Metric("raw_acquire_p99", Unit.MICROSECONDS),
                            new Metric(RATIO, Unit.RATIO))),
            contention("contention-low"),
            contention("contention-medium"),
            contention("contention-high"),
            new Scenario(
                    HANDOFF,
                    "release in one process until the grant in another that was waiting",
                    List.of(
                            new Metric("handoff_p50", Unit.MILLISECONDS),
                            new Metric("handoff_p95", Unit.MILLISECONDS),
                            new Metric("handoff_p99", Unit.MILLISECONDS))),
            new Scenario(
                    TAKEOVER,
                    "SIGKILL of the process that holds and renews until the grant in another that was waiting",
                    List.of(
                            new Metric("takeover_p50", Unit.MILLISECONDS),
                            new Metric("takeover_max", Unit.MILLISECONDS),
                            new Metric("takeover_in_ttl", Unit.RATIO),
                            new Metric("ttl", Unit.MILLISECONDS))),
            new Scenario(
                    KILL_NODE,
                    "SIGKILL of one backend node under load",
                    List.of(
                            new Metric("throughput_before", Unit.LOCKS_PER_SECOND),
                            new Metric("throughput_after", Unit.LOCKS_PER_SECOND),
                            new Metric("unavailable_ms", Unit.MILLISECONDS),
                            new Metric("failed_attempts", Unit.COUNT),
                            new Metric(DOUBLE_HOLDERS, Unit.COUNT),
                            new Metric(TOKEN_VIOLATIONS, Unit.COUNT))));

    /**
     * @param name as in the files
     * @param explanation what happens in it, in a line
     * @param metrics what every provider must have
     */
    record Scenario(String name, String explanation, List<Metric> metrics) {}

    /** @param unit what it is shown in, whatever unit of that dimension the file has */
    record Metric(String name, Unit unit) {
        boolean mayBeZero() {
            return MAY_BE_ZERO.contains(name);
        }
    }

    /**
     * A speed target: acquiring may cost so many times the raw call.
     *
     * @param limit the greatest ratio of medians that reaches the target
     */
    record Target(String provider, String what, double limit) {}

    /** The targets of the project's charter. */
    static final List<Target> TARGETS = List.of(
            new Target("cassandra", "acquire ≤ 1.3 × one raw conditional write (LWT)", 1.3),
            new Target("redlock", "acquire over five nodes ≤ 2 × one raw EVALSHA on one node", 2),
            new Target("zookeeper", "acquire ≤ 1.3 × one raw create", 1.3));

    private Expectations() {}

    static boolean demanded(String provider, Scenario scenario) {
        return hasServers(provider) || scenario.name().equals(UNCONTENDED);
    }

    static boolean hasServers(String provider) {
        return !IN_PROCESS.contains(provider);
    }

    static Optional<Target> target(String provider) {
        return TARGETS.stream().filter(t -> t.provider().equals(provider)).findFirst();
    }

    /** @param contention one of {@link #CONTENTION} */
    static int threads(String contention) {
        return Objects.requireNonNull(THREADS.get(contention), contention);
    }

    private static Scenario contention(String name) {
        return new Scenario(
                name,
                threads(name) + " threads in two processes, one lock",
                List.of(
                        new Metric("acquire_p50", Unit.MILLISECONDS),
                        new Metric("acquire_p95", Unit.MILLISECONDS),
                        new Metric("acquire_p99", Unit.MILLISECONDS),
                        new Metric("throughput", Unit.LOCKS_PER_SECOND),
                        new Metric("jain_index", Unit.ONE),
                        new Metric(GRANTS, Unit.COUNT),
                        new Metric(DOUBLE_HOLDERS, Unit.COUNT),
                        new Metric(TOKEN_VIOLATIONS, Unit.COUNT)));
    }
}
