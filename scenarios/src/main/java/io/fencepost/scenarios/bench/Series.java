package io.fencepost.scenarios.bench;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the forks of all rounds have in common: who was measured, and how.
 *
 * @param backend whose cluster it ran on
 * @param benchmark class and method: {@code Uncontended.acquire}
 * @param contestant a provider, a floor or a peer
 * @param clients each with connections of its own
 * @param threads over all clients
 * @param stoppedNodes how many servers were stopped meanwhile
 * @param parameters what else was set, by name
 */
public record Series(
        String backend,
        String benchmark,
        String contestant,
        int clients,
        int threads,
        int stoppedNodes,
        SortedMap<String, String> parameters) {
    /** What shapes the work itself; any other parameter is a matter of the contestant, as the interval in which it polls. */
    private static final Set<String> OF_THE_WORK = Set.of("distribution", "locks");

    public Series {
        parameters = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    /** Benchmark, clients × threads over all of them and what else shapes the work: contestants with the same one did the same. */
    public String scenario() {
        return benchmark
                + " " + clients + "x" + threads
                + (stoppedNodes == 0 ? "" : " stopped=" + stoppedNodes)
                + parameters(true);
    }

    /** The contestant, with the parameters that are its own. */
    public String contestantAsSet() {
        return contestant + parameters(false);
    }

    private String parameters(boolean ofTheWork) {
        return parameters.entrySet().stream()
                .filter(parameter -> OF_THE_WORK.contains(parameter.getKey()) == ofTheWork)
                .map(Map.Entry::toString)
                .map(" "::concat)
                .collect(Collectors.joining());
    }

    @Override
    public String toString() {
        return scenario() + " of " + contestantAsSet();
    }
}
