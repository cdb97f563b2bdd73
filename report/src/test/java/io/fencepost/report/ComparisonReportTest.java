package io.fencepost.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ComparisonReportTest {
    private MadeUpRun run;

    @BeforeEach
    void copy(@TempDir Path folder) throws IOException {
        run = MadeUpRun.in(folder);
    }

    @Test
    void aCompleteRunHasNoProblems() throws IOException {
        ComparisonReport report = write();

        assertThat(report.problems()).isEmpty();
        assertThat(report.violations()).isEmpty();
        assertThat(report.complete()).isTrue();
        assertThat(report.markdown()).doesNotContain("MISSING");
        assertThat(run.folder().resolve("comparison.md")).content().isEqualTo(report.markdown());
    }

    @Test
    void providersStandBesideEachOtherInTheUsualOrder() throws IOException {
        assertThat(row(write().markdown(), "acquire_p50 (us)"))
                .containsExactly("acquire_p50 (us)", "2430 [2330, 2550]", "214 [205, 225]", "1180 [1130, 1240]");
    }

    @Test
    void countsAreExact() throws IOException {
        assertThat(row(write().markdown(), "grants (count)"))
                .containsExactly("grants (count)", "3800", "38100", "8120");
    }

    @Test
    void tablesOfMeasurementsAreAlignedThroughAllScenarios() throws IOException {
        List<String> lines = write().markdown()
                .lines()
                .dropWhile(line -> !line.equals("## Measurements"))
                .takeWhile(line -> !line.equals("## Environment"))
                .filter(line -> line.startsWith("|"))
                .toList();

        assertThat(lines).hasSizeGreaterThan(40);
        assertThat(lines)
                .extracting(line -> line.codePointCount(0, line.length()))
                .containsOnly(lines.get(0).codePointCount(0, lines.get(0).length()));
    }

    @Test
    void guaranteesAreSaidBeforeTheNumbers() throws IOException {
        String markdown = write().markdown();

        assertThat(markdown.indexOf("cassandra: One row under Paxos excludes"))
                .isPositive()
                .isLessThan(markdown.indexOf("## Measurements"));
        assertThat(row(markdown, "redlock")).containsExactly("redlock", "QUORUM", "SERVER_CLOCK", "0 s");
    }

    @Test
    void targetsAreJudgedByTheValueAndCloseOnesSaySo() throws IOException {
        List<String> targets = section(write().markdown(), "## Speed targets");

        assertThat(cells(find(targets, "cassandra"))).contains("1.07 [1.04, 1.11]", "reached");
        assertThat(cells(find(targets, "redlock"))).contains("1.62 [1.55, 1.71]", "reached");
        assertThat(cells(find(targets, "zookeeper")))
                .as("1.302 rounds to the limit and must not read like it")
                .contains("1.302 [1.22, 1.38]", "**not reached** (the limit lies within the interval)");
    }

    @Test
    void exclusionIsSummedOverEveryCheckedGrant() throws IOException {
        String markdown = write().markdown();

        assertThat(markdown)
                .contains(
                        "Exclusion: held: 0 double holders and 0 token violations over 233920 recorded grants of 3 providers");
        assertThat(cells(find(section(markdown, "## Exclusion and tokens"), "redlock")))
                .containsExactly(
                        "redlock", "0", "0", "182700", "contention-low, contention-medium, contention-high, kill-node");
    }

    @Test
    void aDoubleHolderIsLoud() throws IOException {
        run.withRow(
                "chaos.csv",
                "made-up-quick,redlock,kill-node,double_holders",
                "made-up-quick,redlock,kill-node,double_holders,count,2,,,74000");

        ComparisonReport report = write();

        assertThat(report.violations()).containsExactly("redlock: kill-node/double_holders is 2");
        assertThat(report.markdown())
                .contains("**Exclusion: VIOLATED: 2 double holders")
                .contains("## Violations");
        assertThat(cells(find(section(report.markdown(), "### kill-node"), "double_holders")))
                .contains("**2**");
    }

    @Test
    void zeroDoubleHoldersOfZeroGrantsSayNothing() throws IOException {
        run.withRow(
                "chaos.csv",
                "made-up-quick,redlock,kill-node,double_holders",
                "made-up-quick,redlock,kill-node,double_holders,count,0,,,0");

        ComparisonReport report = write();

        assertThat(report.problems())
                .containsExactly("redlock: kill-node/double_holders is 0 of 0 grants, which says nothing");
        assertThat(report.markdown()).contains("Exclusion: UNKNOWN");
    }

    @Test
    void violationsOutsideTheExpectedScenariosCount() throws IOException {
        append("bench.csv", "made-up-quick,zookeeper,handoff,token_violations,count,1,,,40");

        assertThat(write().violations()).containsExactly("zookeeper: handoff/token_violations is 1");
    }

    @Test
    void aMissingCellIsSaidToBeMissing() throws IOException {
        run.withRow("bench.csv", "made-up-quick,zookeeper,contention-high,jain_index", "");

        ComparisonReport report = write();

        assertThat(report.complete()).isFalse();
        assertThat(report.problems()).containsExactly("zookeeper: contention-high/jain_index is missing");
        assertThat(cells(find(section(report.markdown(), "### contention-high"), "jain_index")))
                .containsExactly("jain_index (1)", "0.987", "0.987", "**MISSING**");
        assertThat(report.markdown()).contains("## Problems");
    }

    @Test
    void aZeroThatCannotBeIsMissing() throws IOException {
        run.withRow(
                "bench.csv",
                "made-up-quick,redlock,handoff,handoff_p50",
                "made-up-quick,redlock,handoff,handoff_p50,ms,0,,,40");

        ComparisonReport report = write();

        assertThat(report.problems()).containsExactly("redlock: handoff/handoff_p50 is 0, which cannot be");
        assertThat(report.markdown()).contains("**MISSING** (was 0)");
    }

    @Test
    void aMissingRatioIsNoVerdict() throws IOException {
        run.withRow("bench.csv", "made-up-quick,cassandra,floor,ratio_acquire_p50", "");

        String markdown = write().markdown();

        assertThat(cells(find(section(markdown, "## Speed targets"), "cassandra")))
                .contains("**MISSING**", "**not measured**");
        assertThat(markdown).contains("Speed: 1 of 3 targets reached");
    }

    @Test
    void aProviderWithoutAnyRowIsStillExpected() throws IOException {
        for (String file : List.of("bench.csv", "chaos.csv")) {
            Path path = run.folder().resolve(file);
            Files.write(
                    path,
                    Files.readAllLines(path).stream()
                            .filter(line -> !line.contains(",cassandra,"))
                            .toList());
        }

        assertThat(write().problems())
                .hasSize(48)
                .allMatch(problem -> problem.startsWith("cassandra: ") && problem.endsWith(" is missing"));
    }

    @Test
    void otherUnitsOfTheSameDimensionAreConverted() throws IOException {
        run.withRow(
                "bench.csv",
                "made-up-quick,redlock,handoff,handoff_p50",
                "made-up-quick,redlock,handoff,handoff_p50,us,1900,1710,2090,40");

        assertThat(row(write().markdown(), "handoff_p50 (ms)")).contains("1.90 [1.71, 2.09]");
    }

    @Test
    void aUnitOfAnotherDimensionIsAProblem() throws IOException {
        run.withRow(
                "bench.csv",
                "made-up-quick,redlock,handoff,handoff_p50",
                "made-up-quick,redlock,handoff,handoff_p50,locks/s,12,,,40");

        assertThat(write().problems()).containsExactly("redlock: handoff/handoff_p50 is in locks/s, which is no ms");
    }

    @Test
    void whatNobodyExpectedIsShown() throws IOException {
        append("chaos.csv", "made-up-quick,redlock,pause-node,gap,ms,12.5,,,3");

        ComparisonReport report = write();

        assertThat(report.complete()).isTrue();
        assertThat(cells(find(section(report.markdown(), "### pause-node"), "gap")))
                .containsExactly("gap (ms)", "–", "12.5", "–");
    }

    @Test
    void theInProcessProviderIsAskedForNoClusterScenario() throws IOException {
        for (String metric :
                List.of("acquire_p50", "acquire_p95", "acquire_p99", "release_p50", "release_p95", "release_p99")) {
            append("bench.csv", "made-up-quick,memory,uncontended," + metric + ",us,0.8,,,100");
        }
        append("bench.csv", "made-up-quick,memory,uncontended,cycle_throughput,ops/s,400000,,,10");
        run.with(
                "environment.json",
                "\"providers\": {",
                "\"providers\": {\"memory\": {\"guarantee\": \"One process.\", \"fencing\": \"PROCESS\"},");

        ComparisonReport report = write();

        assertThat(report.problems()).isEmpty();
        assertThat(report.markdown()).contains("Exclusion: held");
    }

    @Test
    void conformanceIsToldInALineAndByProviderInTheUsualOrder() throws IOException {
        String markdown = write().markdown();

        assertThat(markdown)
                .contains("\n- Conformance: 5 rules: cassandra 5 passed; redlock-3 4 passed, 1 NOT RUN;"
                        + " redlock-5 3 passed, 2 NOT RUN; zookeeper 5 passed; memory 3 passed, 2 not applicable\n");
        assertThat(markdown.indexOf("## Conformance"))
                .isGreaterThan(markdown.indexOf("## What each provider promises"))
                .isLessThan(markdown.indexOf("## Speed targets"));
        List<String> totals = section(markdown, "## Conformance");
        assertThat(cells(find(totals, "redlock-5")))
                .containsExactly("redlock-5", "3", "0", "2", "0", "0.1.0", "0.1.0", "2026-01-30T08:03:00Z");
        assertThat(cells(find(totals, "memory")))
                .containsExactly("memory", "3", "0", "0", "2", "0.1.0", "0.0.9", "2026-01-30T08:00:01Z");
    }

    @Test
    void theMatrixHasEveryRuleInItsOrderAndGroupsTheReasons() throws IOException {
        List<String> matrix = section(write().markdown(), "### Rule by provider");

        assertThat(matrix.stream()
                        .filter(line -> line.startsWith("| "))
                        .map(line -> cells(line).get(0)))
                .containsExactly("rule", "1.1", "1.3", "2.4", "8.4", "10.1");
        assertThat(cells(find(matrix, "2.4")))
                .containsExactly("2.4", "tokens grow \\| across restarts", "+", "+", "NOT RUN", "+", "+");
        assertThat(cells(find(matrix, "8.4")).subList(2, 7)).containsExactly("+", "NOT RUN", "NOT RUN", "+", "n/a");
        assertThat(matrix)
                .containsSubsequence(
                        "NOT RUN, because:",
                        "- needs a hook, \"servers()\" (redlock-3: 8.4; redlock-5: 2.4 8.4)",
                        "Not applicable, because:",
                        "- the provider declares that its locks live in one process (memory: 1.3)",
                        "- no servers (memory: 8.4)")
                .doesNotContain("**Failed:**")
                .as("a paragraph must not turn into a list")
                .noneMatch(line -> line.startsWith("+ "));
    }

    @Test
    void aFailedRuleIsAProblemInBold() throws IOException {
        run.with(
                "conformance.csv",
                "1.1,\"while a lease is valid, another try is contended\",redlock-3,PASSED,,",
                "1.1,x,redlock-3,FAILED,two *at* once,");

        ComparisonReport report = write();

        String failure = "redlock-3: rule 1.1 failed (while a lease is valid, another try is contended): two *at* once";
        assertThat(report.complete()).isFalse();
        assertThat(report.problems()).containsExactly(failure);
        assertThat(report.violations()).isEmpty();
        String inBold = "- **" + failure.replace("*", "\\*") + "**";
        assertThat(section(report.markdown(), "## Problems")).contains(inBold);
        assertThat(section(report.markdown(), "### Rule by provider")).containsSubsequence("**Failed:**", inBold);
        assertThat(cells(find(section(report.markdown(), "### Rule by provider"), "1.1")))
                .contains("**−**");
        assertThat(report.markdown())
                .contains("- **Conformance: 5 rules: ", "redlock-3 3 passed, 1 FAILED, 1 NOT RUN;")
                .as("a failed rule is no missing cell")
                .contains("- Completeness: every expected cell is there");
    }

    @Test
    void withoutResultsConformanceIsNotRunAndTheRunIsStillComplete() throws IOException {
        Files.delete(run.folder().resolve("conformance.csv"));

        ComparisonReport report = write();

        assertThat(report.problems()).isEmpty();
        assertThat(report.markdown()).contains("- **Conformance: NOT RUN: ./mvnw verify -Ptck makes conformance.csv");
        assertThat(section(report.markdown(), "## Conformance")).anyMatch(line -> line.startsWith("**NOT RUN: "));
    }

    @Test
    void aProviderWithoutResultsOrARuleWithoutOneIsNotRun() throws IOException {
        Path file = run.folder().resolve("conformance.csv");
        Files.write(
                file,
                Files.readAllLines(file).stream()
                        .filter(line -> !line.contains(",redlock-")
                                && !line.startsWith("10.1,inspection tells holder and token,memory"))
                        .toList());

        ComparisonReport report = write();

        assertThat(report.problems()).isEmpty();
        assertThat(report.markdown())
                .contains("memory 2 passed, 1 NOT RUN, 2 not applicable; NOT RUN: redlock**")
                .contains("- no result of this rule in conformance.csv (memory: 10.1)");
        assertThat(cells(find(section(report.markdown(), "## Conformance"), "redlock")))
                .containsExactly("redlock", "–", "–", "**NOT RUN**", "–", "–", "–", "–");
    }

    @Test
    void whenNothingIsNotRunThePageSaysSoInWordsAndColour() throws Exception {
        Path file = run.folder().resolve("conformance.csv");
        Files.write(
                file,
                Files.readAllLines(file).stream()
                        .map(line -> line.replaceFirst("NOT RUN,\"needs.*?\",1", "PASSED,,1"))
                        .toList());
        write();

        Element line = (Element) page().getElementsByTagName("li").item(1);

        assertThat(line.getTextContent()).startsWith("Conformance: 5 rules: cassandra 5 passed; redlock-3 5 passed;");
        assertThat(((Element) line.getFirstChild()).getAttribute("class")).isEqualTo("good");
    }

    @Test
    void aLongTableScrollsWithinItselfAndByKeyboard() throws Exception {
        for (int i = 1; i <= 30; i++) {
            append("conformance.csv", "11." + i + ",more,memory,PASSED,,1,0.1.0,0.0.9,2026-01-30T08:00:01Z");
        }
        write();

        List<Element> tall = new ArrayList<>();
        NodeList boxes = page().getElementsByTagName("div");
        for (int i = 0; i < boxes.getLength(); i++) {
            Element box = (Element) boxes.item(i);
            if (box.getAttribute("class").equals("scroll tall")) {
                tall.add(box);
            }
        }

        assertThat(tall).hasSize(1);
        assertThat(tall.get(0).getTextContent()).contains("what it says");
        assertThat(tall.get(0).getAttribute("tabindex")).isEqualTo("0");
    }

    @Test
    void environmentAndReproductionArePartOfIt() throws IOException {
        String markdown = write().markdown();

        assertThat(row(markdown, "machine.processors")).containsExactly("machine.processors", "2");
        assertThat(row(markdown, "versions.cassandra server")).contains("5.0.9");
        assertThat(markdown)
                .contains(
                        "scenarios/fencepost compare --providers cassandra,redlock,zookeeper --profile quick --seed 42\n");
    }

    @Test
    void keysOfTheEnvironmentMayBeSpelledOtherwise() throws IOException {
        run.with("environment.json", "\"fencing\"", "\"Fen_cing\"")
                .with("environment.json", "\"floors\"", "\"FLOORS\"");

        assertThat(write().problems()).isEmpty();
    }

    @Test
    void aMissingEnvironmentIsAProblem() throws IOException {
        Files.delete(run.folder().resolve("environment.json"));

        ComparisonReport report = write();

        assertThat(report.problems())
                .contains(
                        "environment.json is missing",
                        "cassandra: its guarantee is missing in environment.json",
                        "redlock: its raw call is missing under floors in environment.json");
    }

    @Test
    void aMissingGuaranteeSeedOrFloorIsAProblem() throws IOException {
        run.with("environment.json", "\"seed\": 42,", "")
                .with("environment.json", "\"fencing\": \"QUORUM\",", "")
                .with("environment.json", "\"one EVALSHA on one node\"", "\" \"");

        assertThat(write().problems())
                .containsExactly(
                        "environment.json: seed is missing",
                        "redlock: its fencing is missing in environment.json",
                        "redlock: its raw call is missing under floors in environment.json");
    }

    @Test
    void aMissingFileIsAProblemAndItsCellsAreMissing() throws IOException {
        Files.delete(run.folder().resolve("chaos.csv"));

        assertThat(write().problems())
                .contains("chaos.csv is missing", "cassandra: takeover/takeover_p50 is missing")
                .hasSize(31);
    }

    @Test
    void aFolderThatIsNoRunIsRefused(@TempDir Path empty) {
        assertThatThrownBy(() -> ComparisonReport.write(empty))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("neither bench.csv nor chaos.csv");
        assertThatThrownBy(() -> ComparisonReport.write(empty.resolve("absent")))
                .isInstanceOf(NotDirectoryException.class);
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void wordsOfOthersAreNotTakenForMarkup() throws Exception {
        run.with("environment.json", "Linux amd64", "a | b <script>*x*\\u0001</script>\\nc");

        assertThat(write().markdown()).contains("a \\| b \\<script>\\*x\\*");
        assertThat(page().getElementsByTagName("script").getLength()).isZero();
    }

    @Test
    void thePageIsWellFormedAndHasEveryProviderInEveryPlot() throws Exception {
        write();

        NodeList plots = page().getElementsByTagName("svg");

        assertThat(plots.getLength()).isEqualTo(4);
        for (int i = 0; i < plots.getLength(); i++) {
            assertThat(plots.item(i).getTextContent()).contains("cassandra", "redlock", "zookeeper");
        }
        assertThat(page().getElementsByTagName("table").getLength()).isGreaterThan(10);
    }

    @Test
    void thePageNeedsNothingFromElsewhere() throws Exception {
        write();

        assertThat(run.folder().resolve("comparison.html"))
                .content()
                .doesNotContain("http", "src=", "url(", "@import", "<script", "<link");
        assertThat(page().getElementsByTagName("style").item(0).getTextContent())
                .as("HTML reads a style sheet as it stands, without unescaping")
                .doesNotContain("<", ">", "&");
    }

    @Test
    void vermillionIsForFaultsOnly() throws Exception {
        write();

        List<String> coloured = new ArrayList<>();
        NodeList groups = page().getElementsByTagName("g");
        for (int i = 0; i < groups.getLength(); i++) {
            Element group = (Element) groups.item(i);
            if (group.getAttribute("class").equals(ProviderStyle.FAULT_CLASS)) {
                coloured.add(group.getElementsByTagName("title").item(0).getTextContent());
            }
        }

        assertThat(coloured).hasSize(6).allMatch(title -> title.contains("takeover") || title.contains("unavailable"));
    }

    @Test
    void plotsOfAnIncompleteRunAreDrawn() throws Exception {
        Files.writeString(run.folder().resolve("bench.csv"), String.join(",", ResultsFile.COLUMNS) + "\n");
        Files.delete(run.folder().resolve("chaos.csv"));

        write();

        assertThat(page().getElementsByTagName("svg").item(0).getTextContent()).contains("missing");
        assertThat(run.folder().resolve("comparison.html")).content().doesNotContain("NaN", "Infinity");
    }

    private ComparisonReport write() throws IOException {
        return ComparisonReport.write(run.folder());
    }

    private Document page() throws Exception {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(run.folder().resolve("comparison.html").toFile());
    }

    private void append(String file, String row) throws IOException {
        Path path = run.folder().resolve(file);
        Files.writeString(path, Files.readString(path) + row + "\n");
    }

    private static List<String> section(String markdown, String heading) {
        return markdown.lines()
                .dropWhile(line -> !line.equals(heading))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .toList();
    }

    private static String find(List<String> lines, String start) {
        return lines.stream()
                .filter(line -> line.startsWith("| " + start))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> row(String markdown, String start) {
        return cells(find(markdown.lines().toList(), start));
    }

    private static List<String> cells(String line) {
        String inner = line.substring(1, line.length() - 1);
        List<String> cells = new ArrayList<>();
        for (String cell : inner.split("(?<!\\\\)\\|", -1)) {
            cells.add(cell.strip());
        }
        return cells;
    }
}
