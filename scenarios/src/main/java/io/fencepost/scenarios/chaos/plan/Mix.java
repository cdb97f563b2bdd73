package io.fencepost.scenarios.chaos.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Steps that a seed draws.
 *
 * @param faults to draw from
 * @param total how long all drawn steps take together, roughly
 * @param shortest the shortest time that a fault lasts
 * @param longest the longest time that a fault lasts
 * @param rest how long peace lasts on average after a step; drawn between half and one and a half of it
 * @param pairs which part of the steps has two faults at once, 0 to 1
 */
public record Mix(
        List<FaultPlan> faults, Duration total, Duration shortest, Duration longest, Duration rest, double pairs) {
    public Mix {
        faults = List.copyOf(faults);
    }

    /** The steps of one seed: the same whenever they are drawn. */
    List<Step> draw(SplittableRandom random) {
        List<Step> steps = new ArrayList<>();
        long left = total.toMillis();
        while (left > 0) {
            List<FaultPlan> drawn = new ArrayList<>();
            drawn.add(faults.get(random.nextInt(faults.size())));
            if (faults.size() > 1 && random.nextDouble() < pairs) {
                FaultPlan other = faults.get(random.nextInt(faults.size()));
                FaultPlan one = drawn.get(0);
                if (!other.name().equals(one.name()) && !(other.changesLinks() && one.changesLinks())) {
                    drawn.add(other);
                }
            }
            long lasting = random.nextLong(shortest.toMillis(), longest.toMillis() + 1);
            long pause = rest.toMillis() / 2 + random.nextLong(rest.toMillis() + 1);
            steps.add(new Step(drawn, Duration.ofMillis(lasting), Duration.ofMillis(pause)));
            left -= lasting + pause;
        }
        return steps;
    }
}
