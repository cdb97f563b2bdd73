package io.fencepost.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosSectionTest {
    private static final String RUNS = "chaos/runs.csv";

    private MadeUpRun run;

    @BeforeEach
    void copy(@TempDir Path folder) throws IOException {
        run = MadeUpRun.in(folder);
    }

    @Test
    void providersInTheirWaysToWorkStandBesideEachOtherInTheUsualOrder() throws IOException {
        assertThat(row("verdict"))
                .containsExactly(
                        "verdict", "cassandra", "cassandra-observed", "redlock", "redlock-trusting", "zookeeper");
    }

    @Test
    void scenariosAreInTheOrderOfTheirNumbers() throws IOException {
        assertThat(table("verdict"))
                .extracting(line -> line.get(0))
                .containsExactly(
                        "verdict",
                        "S0-calm",
                        "S1-pause-holder",
                        "S7-clock-jump",
                        "S9-amnesia",
                        "S10-waiter-storm",
                        "S12-mix");
    }

    @Test
    void aCellSaysTheVerdictAndTheDoubleHoldersInWords() throws IOException {
        assertThat(row("verdict", "S0-calm")).containsExactly("S0-calm", "+ valid", "–", "+ valid", "–", "+ valid");
        assertThat(row("verdict", "S7-clock-jump"))
                .containsExactly(
                        "S7-clock-jump",
                        "**+ valid, double holders 4 (expected)** (for 895 ms in all)",
                        "+ valid",
                        "**+ valid, double holders 4 (expected)** (for 430 ms in all)",
                        "–",
                        "NOT RUN");
        assertThat(row("verdict", "S9-amnesia"))
                .contains("**+ valid, double holders 5 (expected), token regressions 4** (for 2900 ms in all)");
    }

    @Test
    void severalSeedsAreCounted() throws IOException {
        append("S12-mix,cassandra,43,unknown,forbidden,,,,,,,,,,,,,9,no cluster");

        assertThat(row("verdict", "S12-mix"))
                .containsExactly(
                        "S12-mix",
                        "**+ 1 valid, ? 1 unknown**",
                        "–",
                        "**+ 2 valid, double holders 2 (allowed)** (for 81.5 ms in all)",
                        "–",
                        "+ 2 valid, 1 NOT RUN");
    }

    @Test
    void expectedButNotSeenIsSaid() throws IOException {
        run.with(
                RUNS,
                "S7-clock-jump,redlock,42,valid,expected,4,429.9",
                "S7-clock-jump,redlock,42,unknown,expected,0,0");

        assertThat(row("verdict", "S7-clock-jump")).contains("**? unknown, double holders 0 (expected)**");
    }

    @Test
    void whatWasNotRunHasItsReason() throws IOException {
        assertThat(lines())
                .containsSubsequence(
                        "NOT RUN, because:",
                        "- clocks cannot be moved: no \"preloaded\" library (zookeeper: S7-clock-jump)",
                        "- slow-disk: none here (zookeeper: S12-mix)");
        assertThat(write().problems()).isEmpty();
    }

    @Test
    void lossesWithoutAFenceStandBesideThoseWithIt() throws IOException {
        assertThat(row("updates lost", "S1-pause-holder"))
                .containsExactly(
                        "S1-pause-holder",
                        "13 without a fence, 0 with it",
                        "–",
                        "23 without a fence, 0 with it",
                        "–",
                        "20 without a fence, 0 with it");
        assertThat(row("updates lost", "S9-amnesia"))
                .containsExactly("S9-amnesia", "–", "–", "0", "**2 without a fence, 1 with it** (1 excused)", "–");
        assertThat(table("updates lost")).extracting(line -> line.get(0)).doesNotContain("S0-calm");
    }

    @Test
    void theWorstTimesAreOfAllSeeds() throws IOException {
        assertThat(row("takeover (ms)", "S12-mix")).containsExactly("S12-mix", "–", "–", "3050", "–", "2900");
        assertThat(row("recovery (ms)", "S12-mix")).containsExactly("S12-mix", "2500", "–", "2980", "–", "900");
        assertThat(row("unavailable (ms)", "S12-mix")).containsExactly("S12-mix", "3000", "–", "3050", "–", "3100");
    }

    @Test
    void theSummaryHasItInALine() throws IOException {
        assertThat(write().markdown())
                .contains(
                        "\n- Chaos: 21 runs of 6 scenarios: 19 valid, 2 NOT RUN; double holders 13 (expected), 2 (allowed);"
                                + " the fenced store took 0 stale writes in 6481 grants, and 1 where servers were made to forget\n");
    }

    @Test
    void anInvalidRunWithASecondHolderIsAProblemAndTheLoudest() throws IOException {
        run.with(RUNS, "S0-calm,zookeeper,42,valid,forbidden,0,0,0,0", "S0-calm,zookeeper,42,invalid,forbidden,1,7,0,2")
                .with(RUNS, "250,1000,2,0,26,", "250,1000,2,0,26,two *at* once");

        ComparisonReport report = write();

        assertThat(report.complete()).isFalse();
        assertThat(report.violations()).isEmpty();
        assertThat(report.problems()).containsExactly("zookeeper: S0-calm with seed 42 is INVALID: two *at* once");
        assertThat(report.markdown())
                .contains("- **Chaos: 21 runs of 6 scenarios: 18 valid, 1 INVALID, 2 NOT RUN;")
                .contains("the fenced store took 2 stale writes in 6481 grants")
                .contains("## Problems\n\n- **zookeeper: S0-calm with seed 42 is INVALID: two \\*at\\* once**")
                .as("it is no missing cell")
                .contains("- Completeness: every expected cell is there");
        assertThat(row("verdict", "S0-calm"))
                .contains("**− INVALID, double holders 1 (FORBIDDEN)** (for 7.00 ms in all)");
        assertThat(row("updates lost", "S0-calm")).endsWith("**0 without a fence, 2 with it**");
        assertThat(Files.readString(run.folder().resolve("comparison.html")))
                .contains("<span class=\"violation\">− INVALID, double holders 1 (FORBIDDEN)</span>")
                .contains("<span class=\"violation\">0 without a fence, 2 with it</span>");
    }

    @Test
    void anInvalidRunWithoutHarmIsNotShownAsHarm() throws IOException {
        run.with(RUNS, "S0-calm,zookeeper,42,valid", "S0-calm,zookeeper,42,invalid");
        write();

        assertThat(Files.readString(run.folder().resolve("comparison.html")))
                .contains("<span class=\"alarm\">− INVALID</span>")
                .doesNotContain("<span class=\"violation\">");
    }

    @Test
    void problemsAreInTheOrderOfScenarios() throws IOException {
        append("S10-waiter-storm,redlock,7,unknown,forbidden,,,,,,,,,,,,,9,b");
        append("own,acme,7,unknown,forbidden,,,,,,,,,,,,,9,c");
        append("S2-kill-holder,redlock,7,unknown,forbidden,,,,,,,,,,,,,9,a");

        assertThat(write().problems())
                .containsExactly(
                        "redlock: S2-kill-holder with seed 7 is unknown: a",
                        "redlock: S10-waiter-storm with seed 7 is unknown: b",
                        "acme: own with seed 7 is unknown: c");
    }

    @Test
    void aMeasuredProviderThatNobodyHarmedIsSaidToBeNotRun() throws IOException {
        Path file = run.folder().resolve(RUNS);
        Files.write(
                file,
                Files.readAllLines(file).stream()
                        .filter(line -> !line.contains(",zookeeper,"))
                        .toList());

        ComparisonReport report = write();

        assertThat(report.problems()).isEmpty();
        assertThat(report.markdown()).contains("- **Chaos: ", ", nothing on zookeeper; ");
        assertThat(row("verdict", "S0-calm")).endsWith("**NOT RUN**");
    }

    @Test
    void withoutChaosTheCommandThatMakesItIsTold() throws IOException {
        Files.delete(run.folder().resolve(RUNS));
        String command = "scenarios/fencepost scenario run --all --providers cassandra,redlock,zookeeper"
                + " --out results/made-up-quick/chaos";

        ComparisonReport report = write();

        assertThat(report.problems()).isEmpty();
        assertThat(report.markdown()).contains("- **Chaos: NOT RUN: " + command + " makes it**");
        assertThat(lines()).containsSubsequence("**Chaos: NOT RUN.**", "```", command, "```");
    }

    @Test
    void whenNothingWasLostNoTableIsThere() throws IOException {
        Path file = run.folder().resolve(RUNS);
        Files.write(
                file,
                Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith("scenario,") || line.startsWith("S0-calm,"))
                        .toList());

        String html = html();

        assertThat(lines()).contains("Nothing was lost, without a fence or with it.");
        assertThat(table("updates lost")).isEmpty();
        assertThat(table("takeover (ms)")).isEmpty();
        assertThat(html)
                .contains(
                        "<span class=\"good\">Chaos: 3 runs of 1 scenarios: 3 valid; no double holder; the fenced store took 0 stale");
    }

    @Test
    void aMalformedTableLeavesTheOldComparison() throws IOException {
        run.with(RUNS, "S0-calm,redlock,42,valid", "S0-calm,redlock,42,splendid");

        assertThatThrownBy(this::write)
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("chaos/runs.csv, line 9, column 4 (verdict): 'splendid' is not valid");
        assertThat(run.folder().resolve("comparison.md")).doesNotExist();
    }

    private void append(String row) throws IOException {
        Path path = run.folder().resolve(RUNS);
        Files.writeString(path, Files.readString(path) + row + "\n");
    }

    private ComparisonReport write() throws IOException {
        return ComparisonReport.write(run.folder());
    }

    private String html() throws IOException {
        write();
        return Files.readString(run.folder().resolve("comparison.html"));
    }

    /** Of the section, with its subsections. */
    private List<String> lines() throws IOException {
        return write().markdown()
                .lines()
                .dropWhile(line -> !line.equals("## Chaos: the same harm to every provider"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .toList();
    }

    /** The table whose head begins so, without its rule. */
    private List<List<String>> table(String head) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        for (String line : lines().stream()
                .dropWhile(line -> !line.startsWith("| " + head + " "))
                .takeWhile(line -> line.startsWith("|"))
                .toList()) {
            List<String> cells = Arrays.stream(line.substring(1).split("\\|"))
                    .map(String::strip)
                    .toList();
            if (!cells.get(0).startsWith("---")) {
                rows.add(cells);
            }
        }
        return rows;
    }

    private List<String> row(String head) throws IOException {
        return row(head, head);
    }

    private List<String> row(String head, String scenario) throws IOException {
        return table(head).stream()
                .filter(row -> row.get(0).equals(scenario))
                .findFirst()
                .orElseThrow();
    }
}
