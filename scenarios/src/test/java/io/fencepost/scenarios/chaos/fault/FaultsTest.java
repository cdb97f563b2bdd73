package io.fencepost.scenarios.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fencepost.scenarios.chaos.plan.Catalog;
import io.fencepost.scenarios.chaos.plan.FaultPlan;
import io.fencepost.scenarios.chaos.plan.Overrides;
import io.fencepost.scenarios.chaos.plan.Scenario;
import io.fencepost.scenarios.chaos.plan.ScenarioFormatException;
import io.fencepost.scenarios.chaos.plan.Step;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultsTest {
    @Test
    void theCatalogUsesEveryKindOfFaultAndEachOfThemAsItIsMeant() throws ScenarioFormatException {
        Set<FaultPlan> used =
                Catalog.all(Overrides.NONE).stream().flatMap(FaultsTest::faults).collect(Collectors.toSet());

        assertThat(used)
                .allSatisfy(plan -> assertThatCode(() -> Faults.check(plan)).doesNotThrowAnyException());
        assertThat(used.stream().map(FaultPlan::name)).containsAll(Faults.names());
    }

    private static Stream<FaultPlan> faults(Scenario scenario) {
        return Stream.concat(
                scenario.steps().stream().map(Step::faults).flatMap(faults -> faults.stream()),
                scenario.drawn().stream());
    }

    @Test
    void mistakesAreRefusedWithTheirNameTheirValueAndWhatIsAllowed() {
        refused("flood", Map.of(), "'flood'", "kill-node");
        refused("kill-node", Map.of("node", "one"), "kill-node", "'node'", "nodes");
        refused("kill-node", Map.of("nodes", "some"), "nodes", "'some'", "minority");
        refused("pause-worker", Map.of("which", "me"), "which", "'me'", "checked");
        refused("kill-worker", Map.of("which", "checked"), "which", "'checked'", "holder");
        refused("partition", Map.of("shape", "star"), "shape", "'star'", "ring");
        refused("clock", Map.of("offset", "late"), "offset", "'late'", "2s");
        refused("slow-disk", Map.of("delay", "-2s"), "delay", "'-2s'", "2s");
        refused("delay", Map.of("jitter", "7"), "jitter", "'7'", "0 to 1");
        refused("delay", Map.of("after", "a while"), "after", "'a while'");
    }

    private static void refused(String name, Map<String, String> arguments, String... words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Faults.check(new FaultPlan(name, arguments)))
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    @Test
    void durationsMayBeNegativeWhereClocksGoBack() {
        assertThatCode(() -> Faults.check(new FaultPlan("clock", Map.of("offset", "-120s"))))
                .doesNotThrowAnyException();
        assertThat(Faults.after(new FaultPlan("forget", Map.of("after", "1500ms"))))
                .isEqualTo(Duration.ofMillis(1_500));
        assertThat(Faults.after(new FaultPlan("forget", Map.of()))).isZero();
    }
}
