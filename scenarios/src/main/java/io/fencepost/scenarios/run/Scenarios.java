package io.fencepost.scenarios.run;

import java.util.List;

/** All scenarios, in the order in which they run. */
final class Scenarios {
    static final List<Scenario> ALL = List.of(
            new UncontendedScenario(),
            new ContentionScenario("low", 2),
            new ContentionScenario("medium", 8),
            new ContentionScenario("high", 32),
            new HandoffScenario(),
            new TakeoverScenario(TakeoverScenario.TTL),
            new KillNodeScenario());

    private Scenarios() {}
}
