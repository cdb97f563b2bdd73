package io.fencepost.scenarios.chaos.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What is to be read instead of what scenario files say, by name: any field of the workload; {@code nodes}, which servers every fault
 * hits; {@code duration}, how long the schedule takes in all. Immutable.
 */
public final class Overrides {
    /** Replaces nothing. */
    public static final Overrides NONE = new Overrides(Map.of());

    private static final List<String> WORKLOAD = List.of(
            "keys", "workers", "threads", "rate", "ttl", "hold", "long-holds", "patience", "cancels", "check-gap");
    private static final String NODES = "nodes";
    private static final String DURATION = "duration";

    private final Map<String, String> values;

    private Overrides(Map<String, String> values) {
        this.values = values;
    }

    /**
     * @param values by name, to be understood when a scenario is read
     * @throws ScenarioFormatException if there is no such name
     */
    public static Overrides of(Map<String, String> values) throws ScenarioFormatException {
        List<String> allowed = names();
        for (String name : values.keySet()) {
            if (!allowed.contains(name)) {
                throw new ScenarioFormatException(
                        "'" + name + "' cannot be set; there are " + String.join(", ", allowed));
            }
        }
        return new Overrides(new TreeMap<>(values));
    }

    /** What can be replaced. */
    public static List<String> names() {
        return Stream.concat(WORKLOAD.stream(), Stream.of(NODES, DURATION)).toList();
    }

    /** As they are given on a command line; empty if there are none. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        values.forEach((name, value) -> arguments.add("--set=" + name + "=" + value));
        return arguments;
    }

    void applyTo(ObjectNode scenario) throws ScenarioFormatException {
        for (Map.Entry<String, String> value : values.entrySet()) {
            switch (value.getKey()) {
                case NODES ->
                    eachFault(scenario).forEach(fault -> {
                        if (fault.has(NODES)) {
                            fault.put(NODES, value.getValue());
                        }
                    });
                case DURATION -> stretch(scenario, value.getValue());
                default -> scenario.withObjectProperty("workload").put(value.getKey(), value.getValue());
            }
        }
    }

    private static List<ObjectNode> eachFault(ObjectNode scenario) {
        List<ObjectNode> faults = new ArrayList<>();
        for (JsonNode node : scenario.findParents("fault")) {
            if (node instanceof ObjectNode fault) {
                faults.add(fault);
            }
        }
        return faults;
    }

    /** Makes every time of the schedule longer or shorter by the same factor. */
    private static void stretch(ObjectNode scenario, String total) throws ScenarioFormatException {
        Duration wanted = Fields.duration(total)
                .filter(duration -> duration.toMillis() >= 1)
                .orElseThrow(() -> new ScenarioFormatException(
                        "duration is '" + total + "', but must be a duration such as 30s or 2m"));
        List<ObjectNode> places = new ArrayList<>();
        for (JsonNode step : scenario.path("schedule")) {
            if (step instanceof ObjectNode fields) {
                places.add(fields);
            }
        }
        if (scenario.get("mix") instanceof ObjectNode mix) {
            places.add(mix);
        }
        long now = 0;
        for (ObjectNode place : places) {
            now += millis(place, "for") + millis(place, "rest") * (place.has("total") ? 0 : 1) + millis(place, "total");
        }
        if (now == 0) {
            throw new ScenarioFormatException("duration cannot be set: the schedule takes no time");
        }
        double factor = (double) wanted.toMillis() / now;
        for (ObjectNode place : places) {
            for (String name : place.has("total") ? List.of("total") : List.of("for", "rest")) {
                if (place.has(name)) {
                    place.put(name, Math.round(millis(place, name) * factor) + "ms");
                }
            }
        }
    }

    private static long millis(ObjectNode place, String name) {
        return Optional.ofNullable(place.get(name))
                .flatMap(text -> Fields.duration(text.asText()))
                .map(Duration::toMillis)
                .orElse(0L);
    }
}
