package io.fencepost.scenarios.chaos.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One thing that is done to every provider alike.
 *
 * @param id such as {@code S3}
 * @param name such as {@code kill-node}
 * @param title what happens, in a sentence
 * @param needs of the cluster
 * @param workload of the clients
 * @param warmUp how long the clients work before the first fault
 * @param steps what is done to them, in this order
 * @param mix more steps, drawn by the seed
 * @param expectations by provider; {@code default} for those that are not named
 * @param expectationsAfter by a fault and then by provider: what holds instead where the schedule has that fault
 * @param variants the ids of the providers it is for; empty for all of the usual ones
 * @param source the file as it was read, with what was replaced in it
 */
public record Scenario(
        String id,
        String name,
        String title,
        ClusterNeeds needs,
        Workload workload,
        Duration warmUp,
        List<Step> steps,
        Optional<Mix> mix,
        Map<String, Exposures> expectations,
        Map<String, Map<String, Exposures>> expectationsAfter,
        List<String> variants,
        String source) {
    static final String DEFAULT = "default";

    public Scenario {
        steps = List.copyOf(steps);
        expectations = Map.copyOf(expectations);
        expectationsAfter = Map.copyOf(expectationsAfter);
        variants = List.copyOf(variants);
    }

    /** What {@code provider} is expected to show with that seed. */
    public Exposures exposures(String provider, long seed) {
        for (Step step : schedule(seed)) {
            for (FaultPlan fault : step.faults()) {
                Map<String, Exposures> after = expectationsAfter.getOrDefault(fault.name(), Map.of());
                if (after.containsKey(provider)) {
                    return after.get(provider);
                }
            }
        }
        Exposures others = expectations.getOrDefault(DEFAULT, Exposures.NONE);
        return expectations.getOrDefault(provider, others);
    }

    /** All steps of one seed: the same whenever they are asked for. */
    public List<Step> schedule(long seed) {
        List<Step> all = new ArrayList<>(steps);
        mix.ifPresent(drawn -> all.addAll(drawn.draw(new SplittableRandom(seed))));
        return all;
    }

    /** The same without these faults among those that a seed may draw: this machine cannot inject them. */
    public Scenario withoutDrawing(Set<String> faults) {
        Optional<Mix> less = mix.map(all -> new Mix(
                all.faults().stream()
                        .filter(fault -> !faults.contains(fault.name()))
                        .toList(),
                all.total(),
                all.shortest(),
                all.longest(),
                all.rest(),
                all.pairs()));
        return new Scenario(
                id,
                name,
                title,
                needs,
                workload,
                warmUp,
                steps,
                less,
                expectations,
                expectationsAfter,
                variants,
                source);
    }

    /** The faults that a seed may draw. */
    public List<FaultPlan> drawn() {
        return mix.map(Mix::faults).orElse(List.of());
    }

    /** How long its schedule takes, without what healing takes. */
    public Duration length() {
        Duration total = warmUp;
        for (Step step : steps) {
            total = total.plus(step.lasting()).plus(step.rest());
        }
        return total.plus(mix.map(Mix::total).orElse(Duration.ZERO));
    }

    /** Whether it breaks the promise of the servers to keep what they acknowledged. */
    public boolean durabilityHolds() {
        return needs.durable();
    }
}
