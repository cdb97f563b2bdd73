package io.fencepost.scenarios.chaos.plan;

import java.time.Duration;
import java.util.List;

/**
 * Some faults at once, then peace.
 *
 * @param faults that begin one after the other and are healed together; none is a time of peace
 * @param lasting how long they last
 * @param rest how long peace lasts after they were healed
 */
public record Step(List<FaultPlan> faults, Duration lasting, Duration rest) {
    public Step {
        faults = List.copyOf(faults);
    }
}
