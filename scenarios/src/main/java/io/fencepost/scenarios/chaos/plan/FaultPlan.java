package io.fencepost.scenarios.chaos.plan;

import java.util.Map;
import java.util.TreeMap;

/**
 * One fault as it is written down.
 *
 * @param name of the kind of fault
 * @param arguments as text, by name
 */
public record FaultPlan(String name, Map<String, String> arguments) {
    public FaultPlan {
        arguments = Map.copyOf(arguments);
    }

    @Override
    public String toString() {
        return arguments.isEmpty() ? name : name + " " + new TreeMap<>(arguments);
    }
}
