package io.fencepost.scenarios.chaos.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fencepost.history.Expectation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads scenarios from YAML. */
final class ScenarioReader {
    private static final YAMLMapper MAPPER = YAMLMapper.builder().build();
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration SHORTEST_TTL = Duration.ofMillis(100);
    private static final List<String> EXPOSURES = List.of("forbidden", "allowed", "expected");

    private ScenarioReader() {}

    /**
     * @param file its name, for messages
     * @param replaced what to read instead of what the file says
     */
    static Scenario read(String file, String yaml, Overrides replaced) throws ScenarioFormatException {
        try {
            JsonNode tree = MAPPER.readTree(yaml);
            if (!(tree instanceof ObjectNode root)) {
                throw new ScenarioFormatException("there are no fields in it");
            }
            replaced.applyTo(root);
            return scenario(new Fields("", root), MAPPER.writeValueAsString(root));
        } catch (JsonProcessingException e) {
            throw new ScenarioFormatException(file + " is no YAML: " + e.getOriginalMessage(), e);
        } catch (ScenarioFormatException e) {
            throw new ScenarioFormatException(file + ": " + e.getMessage(), e);
        }
    }

    private static Scenario scenario(Fields fields, String source) throws ScenarioFormatException {
        Scenario scenario = new Scenario(
                fields.text("id"),
                fields.text("name"),
                fields.text("title"),
                needs(fields.object("cluster")),
                workload(fields.object("workload")),
                fields.time("warm-up", Duration.ofSeconds(3), Duration.ZERO, LONGEST),
                steps(fields.objects("schedule")),
                fields.has("mix") ? Optional.of(mix(fields.object("mix"))) : Optional.empty(),
                expectations(fields.object("expect")),
                expectationsAfter(fields.object("expect-after")),
                fields.texts("providers"),
                source);
        fields.end();
        return scenario;
    }

    private static ClusterNeeds needs(Fields fields) throws ScenarioFormatException {
        ClusterNeeds needs = new ClusterNeeds(
                fields.flag("durable", true),
                fields.flag("networks", false),
                fields.flag("clocks", false),
                fields.flag("spoiled", false));
        fields.end();
        return needs;
    }

    private static Workload workload(Fields fields) throws ScenarioFormatException {
        Workload workload = new Workload(
                fields.number("keys", 3, 1, 1_000),
                fields.number("workers", 3, 1, 16),
                fields.number("threads", 2, 1, 256),
                fields.number("rate", 60, 1, 10_000),
                fields.time("ttl", Duration.ofSeconds(2), SHORTEST_TTL, LONGEST),
                fields.time("hold", Duration.ofMillis(20), Duration.ZERO, LONGEST),
                fields.part("long-holds", 0.02),
                fields.time("patience", Duration.ofSeconds(5), Duration.ZERO, LONGEST),
                fields.part("cancels", 0),
                fields.time("check-gap", Duration.ZERO, Duration.ZERO, LONGEST));
        fields.end();
        return workload;
    }

    private static List<Step> steps(List<Fields> schedule) throws ScenarioFormatException {
        List<Step> steps = new ArrayList<>();
        for (Fields step : schedule) {
            Duration lasting = step.time("for", Duration.ZERO, Duration.ZERO, LONGEST);
            Duration rest = step.time("rest", Duration.ZERO, Duration.ZERO, LONGEST);
            List<FaultPlan> faults = new ArrayList<>();
            if (step.has("fault")) {
                faults.add(new FaultPlan(step.text("fault"), step.others()));
            } else {
                faults.addAll(faults(step.objects("faults")));
            }
            step.end();
            steps.add(new Step(faults, lasting, rest));
        }
        return steps;
    }

    private static List<FaultPlan> faults(List<Fields> list) throws ScenarioFormatException {
        List<FaultPlan> faults = new ArrayList<>();
        for (Fields fault : list) {
            faults.add(new FaultPlan(fault.text("fault"), fault.others()));
        }
        return faults;
    }

    private static Mix mix(Fields fields) throws ScenarioFormatException {
        Mix mix = new Mix(
                faults(fields.objects("faults")),
                fields.time("total", Duration.ofSeconds(20), Duration.ofSeconds(1), LONGEST),
                fields.time("shortest", Duration.ofSeconds(1), Duration.ofMillis(100), LONGEST),
                fields.time("longest", Duration.ofSeconds(4), Duration.ofMillis(100), LONGEST),
                fields.time("rest", Duration.ofSeconds(1), Duration.ZERO, LONGEST),
                fields.part("pairs", 0.25));
        fields.end();
        if (mix.faults().isEmpty() || mix.longest().compareTo(mix.shortest()) < 0) {
            throw new ScenarioFormatException("mix needs a fault to draw, and longest not below shortest");
        }
        return mix;
    }

    private static Map<String, Exposures> expectations(Fields fields) throws ScenarioFormatException {
        Map<String, Exposures> all = new HashMap<>();
        for (String provider : fields.namesOfFields()) {
            Fields said = fields.object(provider);
            all.put(
                    provider,
                    new Exposures(
                            exposure(said, "double-holder"),
                            exposure(said, "twin-losses"),
                            exposure(said, "token-regression")));
            said.end();
        }
        return all;
    }

    private static Map<String, Map<String, Exposures>> expectationsAfter(Fields fields) throws ScenarioFormatException {
        Map<String, Map<String, Exposures>> all = new HashMap<>();
        for (String fault : fields.namesOfFields()) {
            all.put(fault, expectations(fields.object(fault)));
        }
        return all;
    }

    private static Expectation exposure(Fields fields, String name) throws ScenarioFormatException {
        return Expectation.valueOf(fields.choice(name, EXPOSURES, "forbidden").toUpperCase(Locale.ROOT));
    }
}
