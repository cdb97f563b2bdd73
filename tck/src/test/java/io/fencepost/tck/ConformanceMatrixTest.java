package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.tck.Conformance.Origin;
import io.fencepost.tck.RuleResult.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceMatrixTest {
    private static final Origin ORIGIN = new Origin("2.0", "1.9", Instant.parse("2026-01-31T12:00:00Z"));

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int matrix(String... args) {
        return ConformanceMatrix.run(
                List.of(args), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    private void write(String provider, RuleResult... results) throws IOException {
        write(provider, ORIGIN, results);
    }

    private void write(String provider, Origin origin, RuleResult... results) throws IOException {
        new Conformance(provider, origin, List.of(results)).write(folder.resolve(provider));
    }

    private static RuleResult result(String provider, String rule, Verdict verdict, String reason) {
        return new RuleResult(RuleId.parse(rule), "title", provider, verdict, reason, Duration.ofMillis(7));
    }

    @Test
    void showsEveryRuleByProviderWithTotalsAndReasons() throws IOException {
        write(
                "acme",
                result("acme", "1.1", Verdict.PASSED, ""),
                result("acme", "8.4", Verdict.NOT_RUN, "not applicable: no servers"),
                result("acme", "9.1", Verdict.NOT_RUN, "needs, \"a\" hook"));
        write("other", result("other", "1.1", Verdict.PASSED, ""), result("other", "8.4", Verdict.PASSED, ""));
        Path file = folder.resolve("out/matrix.md");
        assertThat(matrix("--require", "acme,other", "--out", file.toString(), folder.toString()))
                .isZero();
        assertThat(Files.readString(file)).isEqualTo(out.toString(UTF_8));
        assertThat(out.toString(UTF_8).lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "| rule | | acme | other |",
                        "| 1.1 | while a lease is valid, another try is contended | + | + |",
                        "| 8.4 | opening on a dead address fails in time and names it | n/a | + |",
                        "| 9.1 | without a quorum no attempt ends with a lease | NOT RUN | NOT RUN |",
                        "| | passed (+) | 1 | 2 |",
                        "| | failed (−) | 0 | 0 |",
                        "| | NOT RUN | 1 | 0 |",
                        "| | not applicable (n/a) | 1 | 0 |",
                        "- acme: kit 2.0, lock API 1.9, 2026-01-31T12:00:00Z",
                        "- 9.1 (acme): needs, \"a\" hook");
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void allResultsBecomeOneFileThatCanBeReadAgain() throws IOException {
        Origin earlier = new Origin("1.0", "1.8", Instant.parse("2026-01-30T00:00:00Z"));
        write("other", earlier, result("other", "1.1", Verdict.FAILED, "two\nat once"));
        write(
                "acme",
                result("acme", "1.1", Verdict.PASSED, ""),
                result("acme", "9.1", Verdict.NOT_RUN, "needs, \"a\" hook"));
        Path all = folder.resolve("all");
        Path file = all.resolve(Conformance.FILE);
        assertThat(matrix("--csv", file.toString(), folder.toString())).isEqualTo(1);
        assertThat(Files.readString(file))
                .startsWith(
                        "rule,title,provider,result,reason,millis,kit,api,at\r\n1.1,title,acme,PASSED,,7,2.0,1.9,2026-01-31T12:00:00Z\r\n");
        assertThat(Conformance.readAll(file))
                .containsExactly(
                        new Conformance(
                                "acme",
                                ORIGIN,
                                List.of(
                                        result("acme", "1.1", Verdict.PASSED, ""),
                                        result("acme", "9.1", Verdict.NOT_RUN, "needs, \"a\" hook"))),
                        new Conformance(
                                "other", earlier, List.of(result("other", "1.1", Verdict.FAILED, "two\nat once"))));
        String first = out.toString(UTF_8);
        out.reset();
        assertThat(matrix(all.toString())).isEqualTo(1);
        assertThat(out.toString(UTF_8)).isEqualTo(first);
    }

    @Test
    void versionsAreKnownFromJarsAndFolders() {
        assertThat(Versions.kit()).matches("\\d+\\.\\d+.*");
        assertThat(Versions.lockApi()).matches("\\d+\\.\\d+.*");
    }

    @Test
    void aFailedRuleGivesOneAndItsReason() throws IOException {
        write("acme", result("acme", "1.1", Verdict.FAILED, "two at once"), result("acme", "1.2", Verdict.PASSED, ""));
        assertThat(matrix("--require", "acme", folder.toString())).isEqualTo(1);
        assertThat(out.toString(UTF_8)).contains("− ", "acme failed 1.1 (title): two at once");
        assertThat(err.toString(UTF_8)).contains("acme failed 1.1");
    }

    @Test
    void aMissingProviderOrOneThatPassedNothingGivesThree() throws IOException {
        write("acme", result("acme", "1.1", Verdict.NOT_RUN, "not selected in this run"));
        assertThat(matrix("--require", "acme", folder.toString())).isEqualTo(3);
        assertThat(matrix("--require", "other", folder.toString())).isEqualTo(3);
        assertThat(matrix(folder.resolve("nothing").toString())).isEqualTo(3);
        assertThat(err.toString(UTF_8)).contains("acme passed nothing", "'other'", "no conformance.csv found");
    }

    @Test
    void wrongCallsAndFilesGiveTwo() throws IOException {
        assertThat(matrix()).isEqualTo(2);
        assertThat(matrix("--nonsense", folder.toString())).isEqualTo(2);
        assertThat(matrix("--out")).isEqualTo(2);
        assertThat(matrix("--csv")).isEqualTo(2);
        Files.writeString(folder.resolve(Conformance.FILE), "a,b\n1,2\n");
        assertThat(matrix(folder.toString())).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("usage", "--nonsense", "--out", "is not a conformance.csv");
        Files.delete(folder.resolve(Conformance.FILE));
        write("acme", result("acme", "1.1", Verdict.PASSED, ""));
        Files.createDirectories(folder.resolve("again"));
        Files.copy(
                folder.resolve("acme").resolve(Conformance.FILE),
                folder.resolve("again").resolve(Conformance.FILE));
        assertThat(matrix(folder.toString())).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("two results of 'acme'");
    }

    @Test
    void resultsOfTwoRunsAndOddOriginsAreRefused() throws IOException {
        write("acme", result("acme", "1.1", Verdict.PASSED, ""), result("acme", "1.2", Verdict.PASSED, ""));
        Path file = folder.resolve("acme").resolve(Conformance.FILE);
        String good = Files.readString(file);
        Files.writeString(file, good.replaceFirst("2026-01-31T12", "2026-01-31T13"));
        assertThat(matrix(folder.toString())).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("results of 'acme' from two runs", file.toString());
        Files.writeString(file, good.replace("2026-01-31T12:00:00Z", "noon"));
        assertThat(matrix(folder.toString())).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("'noon' is not an instant");
        Files.writeString(file, good.replace(",2.0,1.9,2026-01-31T12:00:00Z", ""));
        assertThat(matrix(folder.toString())).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("expected the columns");
    }

    @Test
    void fieldsSurviveQuoting() {
        List<List<String>> rows = List.of(List.of("a,b", "say \"x\"", "two\nlines", ""), List.of("1", "2", "3", "é😀"));
        assertThat(Csv.parse(Csv.format(rows))).isEqualTo(rows);
        assertThat(Csv.parse("a,b")).containsExactly(List.of("a", "b"));
    }
}
