package io.fencepost.scenarios.chaos.plan;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One fault as it is written down.
 *
 * @param name of the kind of fault
 * @param arguments as text, by name
 */
public record FaultPlan(String name, Map<String, String> arguments) {
    private static final Set<String> ON_LINKS =
            Set.of("partition", "cut-worker", "delay", "freeze-links", "break-links", "lose-replies");

    public FaultPlan {
        arguments = Map.copyOf(arguments);
    }

    /** Whether it changes what links between workers and servers do: of two such faults the later one undoes the other. */
    boolean changesLinks() {
        return ON_LINKS.contains(name);
    }

    @Override
    public String toString() {
        return arguments.isEmpty() ? name : name + " " + new TreeMap<>(arguments);
    }
}
