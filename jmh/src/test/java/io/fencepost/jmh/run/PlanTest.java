package io.fencepost.jmh.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.Contestants;
import io.fencepost.jmh.contestant.Role;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {
    @Test
    void theGoalsFitIntoThreeQuartersOfAnHour() {
        assertThat(Plan.goals().rounds()).isEqualTo(5);
        assertThat(Plan.goals().estimate()).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(40));
    }

    @Test
    void theQuickPlanFitsIntoTwentyFiveMinutesAndHasEveryBenchmark() {
        assertThat(Plan.quick().estimate()).isLessThanOrEqualTo(Duration.ofMinutes(25));
        assertThat(Plan.quick().configurations())
                .extracting(one -> BenchmarkId.of(one.benchmark()))
                .containsAll(EnumSet.allOf(BenchmarkId.class));
    }

    @Test
    void theQuickPlanHasEveryContestantThatIsNoExperiment() {
        assertThat(Plan.quick().configurations())
                .extracting(Configuration::contestant)
                .containsAll(Contestants.all().stream()
                        .filter(type -> type.role() != Role.EXPERIMENT)
                        .map(type -> type.id())
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"goals", "quick", "full", "experiments"})
    void noPlanHasAConfigurationTwice(String name) {
        assertThat(Plan.of(name).configurations()).doesNotHaveDuplicates();
    }

    @Test
    void everythingOfTheGoalsAndTheExperimentsCanBeRun() {
        assertThat(Plan.goals().configurations()).allMatch(one -> one.notRun().isEmpty());
        assertThat(Plan.experiments().configurations())
                .allMatch(one -> one.notRun().isEmpty());
    }

    @Test
    void whatIsComparedIsNextToEachOther() {
        List<Configuration> all = Plan.goals().configurations();
        int ours = all.indexOf(Configuration.of(BenchmarkId.UNCONTENDED_ACQUIRE, "cassandra", 1, 1));
        int floor = all.indexOf(Configuration.of(BenchmarkId.UNCONTENDED_ACQUIRE, "cassandra-raw", 1, 1));
        assertThat(floor - ours).isEqualTo(1);
    }

    @Test
    void aPlanCanBeReducedToBackendsAndBenchmarks() {
        Plan reduced = Plan.quick()
                .only(Set.of(Backend.REDIS), Pattern.compile("cycle"))
                .withRounds(1);
        assertThat(reduced.backends()).containsExactly(Backend.REDIS);
        assertThat(reduced.rounds()).isEqualTo(1);
        assertThat(reduced.configurations())
                .isNotEmpty()
                .allMatch(one -> one.benchmark().endsWith(".cycle"));
    }

    @Test
    void anOptimisationDiffersInOneThing() {
        assertThat(Plan.optimisations()).allSatisfy(one -> {
            assertThat(one.without()).isNotEqualTo(one.with());
            assertThat(one.without().benchmark()).isEqualTo(one.with().benchmark());
            assertThat(one.without().threads()).isEqualTo(one.with().threads());
            assertThat(one.without().contestant().equals(one.with().contestant()))
                    .isNotEqualTo(one.without().clients() == one.with().clients());
        });
    }

    @Test
    void anUnknownPlanOrRoundIsRefused() {
        assertThatThrownBy(() -> Plan.of("all"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'all' is no plan; there are goals, quick, full, experiments");
        assertThatThrownBy(() -> Plan.goals().withRounds(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rounds = 0, must be at least 1");
    }

    @Test
    void evenRoundsGoBackwards() {
        assertThat(BenchRun.inOrder(List.of("a", "b", "c"), 1)).containsExactly("a", "b", "c");
        assertThat(BenchRun.inOrder(List.of("a", "b", "c"), 2)).containsExactly("c", "b", "a");
        assertThat(BenchRun.inOrder(List.of("a", "b", "c"), 3)).containsExactly("a", "b", "c");
    }
}
