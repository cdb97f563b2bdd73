package io.fencepost.scenarios.chaos.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fencepost.history.Expectation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void allScenariosOfTheDesignAreThereInOrder() throws ScenarioFormatException {
        assertThat(Catalog.all(Overrides.NONE))
                .extracting(Scenario::id)
                .containsExactly("S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12");
    }

    @Test
    void aScenarioIsFoundByIdNameOrBoth() throws ScenarioFormatException {
        for (String wanted : List.of("S3", "s3", "kill-node", "S3-kill-node")) {
            assertThat(Catalog.find(wanted, Overrides.NONE).id()).isEqualTo("S3");
        }
        assertThat(Catalog.find("S1", Overrides.NONE).id()).isEqualTo("S1");
        assertThatExceptionOfType(ScenarioFormatException.class)
                .isThrownBy(() -> Catalog.find("S99", Overrides.NONE))
                .withMessageContaining("'S99'")
                .withMessageContaining("S12-mix");
    }

    @Test
    void whatIsExpectedDependsOnTheProvider() throws ScenarioFormatException {
        Scenario clocks = Catalog.find("S7", Overrides.NONE);

        assertThat(clocks.exposures("cassandra", 1).doubleHolder()).isEqualTo(Expectation.EXPECTED);
        assertThat(clocks.exposures("cassandra-observed", 1).doubleHolder()).isEqualTo(Expectation.FORBIDDEN);
        assertThat(clocks.exposures("zookeeper", 1).doubleHolder()).isEqualTo(Expectation.FORBIDDEN);
    }

    @Test
    void whatIsExpectedDependsOnTheFaultsThatTheSeedDraws() throws IOException, ScenarioFormatException {
        String mix = """
                id: X
                name: x
                title: x
                mix: {total: 10s, shortest: 1s, longest: 1s, rest: 0ms, pairs: 0, faults: [{fault: clock}]}
                expect-after: {clock: {redlock: {double-holder: allowed}}}
                """;
        Scenario clocks = read(mix);
        Scenario none = read(mix.replace("fault: clock", "fault: delay"));

        assertThat(clocks.exposures("redlock", 1).doubleHolder()).isEqualTo(Expectation.ALLOWED);
        assertThat(clocks.exposures("zookeeper", 1).doubleHolder()).isEqualTo(Expectation.FORBIDDEN);
        assertThat(none.exposures("redlock", 1).doubleHolder()).isEqualTo(Expectation.FORBIDDEN);
    }

    @Test
    void aSeedDrawsTheSameStepsAgainAndAnotherSeedOthers() throws ScenarioFormatException {
        Scenario mix = Catalog.find("S12", Overrides.NONE);

        assertThat(mix.schedule(7)).isNotEmpty().isEqualTo(mix.schedule(7));
        assertThat(mix.schedule(8)).isNotEqualTo(mix.schedule(7));
    }

    @Test
    void whatTheMachineCannotDoIsNotDrawn() throws ScenarioFormatException {
        Scenario less = Catalog.find("S12", Overrides.NONE).withoutDrawing(java.util.Set.of("clock", "partition"));

        assertThat(less.drawn()).isNotEmpty().extracting(FaultPlan::name).doesNotContain("clock", "partition");
    }

    @Test
    void fieldsOfTheWorkloadAreReplaced() throws ScenarioFormatException {
        Scenario scenario = Catalog.find("S3", Overrides.of(Map.of("ttl", "5s", "keys", "9", "cancels", "0.5")));

        assertThat(scenario.workload().ttl()).isEqualTo(Duration.ofSeconds(5));
        assertThat(scenario.workload().keys()).isEqualTo(9);
        assertThat(scenario.workload().cancels()).isEqualTo(0.5);
        assertThat(scenario.source()).contains("5s");
    }

    @Test
    void theScheduleIsStretchedAsAWhole() throws ScenarioFormatException {
        Scenario usual = Catalog.find("S3", Overrides.NONE);
        Scenario longer = Catalog.find("S3", Overrides.of(Map.of("duration", "40s")));

        assertThat(longer.length().minus(longer.warmUp()))
                .isBetween(Duration.ofMillis(39_990), Duration.ofMillis(40_010));
        assertThat(longer.steps()).hasSameSizeAs(usual.steps());
        assertThat(Catalog.find("S12", Overrides.of(Map.of("duration", "7s"))).length())
                .isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void theServersThatFaultsHitAreReplacedWhereTheyHitServers() throws ScenarioFormatException {
        Scenario scenario = Catalog.find("S3", Overrides.of(Map.of("nodes", "0,1")));

        assertThat(scenario.steps())
                .flatExtracting(Step::faults)
                .extracting(fault -> fault.arguments().get("nodes"))
                .containsOnly("0,1");
    }

    @Test
    void wrongValuesAreRefusedWithTheirNameTheirValueAndWhatIsAllowed() {
        refused(() -> Overrides.of(Map.of("colour", "red")), "'colour'", "keys");
        refused(() -> Catalog.find("S3", Overrides.of(Map.of("ttl", "1y"))), "workload.ttl", "'1y'", "100ms");
        refused(() -> Catalog.find("S3", Overrides.of(Map.of("keys", "0"))), "workload.keys", "'0'", "1 to 1000");
        refused(() -> Catalog.find("S3", Overrides.of(Map.of("cancels", "2"))), "workload.cancels", "'2'", "0 to 1");
        refused(() -> Catalog.find("S3", Overrides.of(Map.of("duration", "soon"))), "duration", "'soon'", "30s");
    }

    @Test
    void filesWithMistakesAreRefusedWithThePlaceOfTheMistake() {
        String good = "id: X\nname: x\ntitle: x\n";
        refused(() -> read("- a list"), "no fields");
        refused(() -> read("id: ["), "no YAML");
        refused(() -> read("id: X\nname: x\n"), "title is missing");
        refused(() -> read(good + "colour: red\n"), "colour is unknown", "workload");
        refused(() -> read(good + "workload: {colour: red}\n"), "workload.colour is unknown", "keys");
        refused(() -> read(good + "schedule: {for: 1s}\n"), "schedule", "must be a list");
        refused(() -> read(good + "schedule: [{fault: delay, for: ever}]\n"), "schedule[0].for", "'ever'");
        refused(
                () -> read(good + "expect: {redlock: {double-holder: maybe}}\n"),
                "expect.redlock.double-holder",
                "'maybe'",
                "forbidden, allowed, expected");
        refused(() -> read(good + "mix: {faults: []}\n"), "mix needs a fault");
        refused(() -> Catalog.find(folder.resolve("none.yaml").toString(), Overrides.NONE), "none.yaml");
    }

    private Scenario read(String yaml) throws IOException, ScenarioFormatException {
        Path file = folder.resolve("own.yaml");
        Files.writeString(file, yaml);
        return Catalog.find(file.toString(), Overrides.NONE);
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... words) {
        assertThatExceptionOfType(ScenarioFormatException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }
}
