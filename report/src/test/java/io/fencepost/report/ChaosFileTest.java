package io.fencepost.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.report.ChaosRun.Expectation;
import io.fencepost.report.ChaosRun.Figures;
import io.fencepost.report.ChaosRun.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChaosFileTest {
    private static final String HEADER =
            "scenario,provider,seed,verdict,double_holder_expected,double_holders,overlap_ms,"
                    + "token_regressions,stale_writes,twin_lost,takeover_max_ms,recovery_max_ms,unavailable_ms,grants,"
                    + "operations_ok,operations_failed,operations_unknown,seconds,reason";
    private static final String GOOD = "S1-x,acme,1,valid,allowed,2,7.5,3,4,5,6.5,8.5,9.5,10,11,12,13,14,";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void readsWhatCampaignsWrite() throws IOException {
        Optional<Chaos> chaos = read(GOOD
                + "\nS10-y,acme,-3,NOT RUN,forbidden,,,,,,,,,,,,,0,\"no network, sorry\""
                + "\nS2-z,acme,2,unknown,expected,,,,,,,,,,,,,31,the servers did not start\n");

        assertThat(chaos.orElseThrow().runs())
                .containsExactly(
                        new ChaosRun(
                                "S1-x",
                                "acme",
                                1,
                                Verdict.VALID,
                                Expectation.ALLOWED,
                                Optional.of(new Figures(2, 7.5, 3, 4, 5, 6.5, 8.5, 9.5, 10)),
                                ""),
                        new ChaosRun(
                                "S10-y",
                                "acme",
                                -3,
                                Verdict.NOT_RUN,
                                Expectation.FORBIDDEN,
                                Optional.empty(),
                                "no network, sorry"),
                        new ChaosRun(
                                "S2-z",
                                "acme",
                                2,
                                Verdict.UNKNOWN,
                                Expectation.EXPECTED,
                                Optional.empty(),
                                "the servers did not start"));
        assertThat(chaos.orElseThrow().scenarios()).containsExactly("S1-x", "S2-z", "S10-y");
    }

    @Test
    void whatWasLeftOutOrBrokenOffBeforeItsFirstRunIsAbsent() throws IOException {
        assertThat(ChaosFile.read(folder)).isEmpty();
        assertThat(read("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "../x,acme,1,valid,allowed,2,7,3,4,5,6,8,9,10,11,12,13,14,  | column 1 (scenario): '../x' is not a name",
                "S1-x,ac me,1,valid,allowed,2,7,3,4,5,6,8,9,10,11,12,13,14, | column 2 (provider): 'ac me' is not a name",
                "S1-x,acme,one,valid,allowed,2,7,3,4,5,6,8,9,10,11,12,13,1, | column 3 (seed): 'one' is not a whole number",
                "S1-x,acme,1,valid,allowed,2,7,3,4,5,6,8,9,10,11,12,13,14,  | column 3 (seed): a second run of S1-x on acme with seed 1; the first is in chaos/runs.csv, line 2",
                "S1-x,acme,2,fine,allowed,2,7,3,4,5,6,8,9,10,11,12,13,14,   | column 4 (verdict): 'fine' is not valid, unknown, invalid or NOT RUN",
                "S1-x,acme,2,valid,forbidden,2,7,3,4,5,6,8,9,10,11,12,13,1, | column 4 (verdict): 'valid', with 2 double holders that are forbidden",
                "S1-x,acme,2,valid,hoped,2,7,3,4,5,6,8,9,10,11,12,13,14,    | column 5 (double_holder_expected): 'hoped' is not forbidden, allowed or expected",
                "S1-x,acme,2,valid,allowed,-2,7,3,4,5,6,8,9,10,11,12,13,14, | column 6 (double_holders): '-2' is not a whole number of at least 0",
                "S1-x,acme,2,invalid,allowed,,,,,,,,,,,,,14,                | column 15 (operations_ok): '' is not a whole number of at least 0",
                "S1-x,acme,2,NOT RUN,allowed,,,,,,,,,10,,,,0,no             | column 14 (grants): '10' of a run that was not judged",
                "S1-x,acme,2,valid,allowed,2,long,3,4,5,6,8,9,10,11,12,1,1, | column 7 (overlap_ms): 'long' is not a number",
                "S1-x,acme,2,valid,allowed,2,7,3,4,5,,8,9,10,11,12,13,14,   | column 11 (takeover_max_ms): there is no number",
                "S1-x,acme,2,valid,allowed,2,7,3,4,5,6,8,9,10,11,1.5,13,14, | column 16 (operations_failed): '1.5' is not a whole number of at least 0",
                "S1-x,acme,2,valid,allowed,2,7,3,4,5,6,8,9,10,11,12,13,,    | column 18 (seconds): '' is not a whole number of at least 0",
                "S1-x,acme,2,valid,allowed,2,7,3,4,5,6,8,9,10,11,12,13,14   | column 19 (reason): the row ends here, after 18 of 19 columns",
            })
    void malformedRowsAreRefusedWithLineAndColumn(String row, String message) {
        assertThatThrownBy(() -> read(GOOD + "\n" + row + "\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("chaos/runs.csv, line 3, " + message);
    }

    @Test
    void anotherHeaderIsRefused() throws IOException {
        Files.createDirectory(folder.resolve("chaos"));
        Files.writeString(folder.resolve("chaos/runs.csv"), HEADER.replace("twin_lost", "lost") + "\n");

        assertThatThrownBy(() -> ChaosFile.read(folder))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessage(
                        "chaos/runs.csv, line 1, column 10 (twin_lost): the header says 'lost'; it must be " + HEADER);
    }

    @Test
    void withoutAReasonInTheTableItIsReadInTheVerdict() throws IOException {
        writeVerdict("S2-z-acme-2", """
                {"overall": "invalid", "checks": [
                  {"id": "K1", "title": "exclusion", "verdict": "valid", "found": 1,
                   "findings": [{"kind": "double_holder", "result": "invalid", "message": "excused"}]},
                  {"id": "K4", "title": "lease mutex", "verdict": "invalid", "found": 3,
                   "findings": [{"kind": "double_holder", "result": "invalid", "message": "excused too"},
                                {"kind": "other", "result": "unknown", "message": "milder"},
                                {"kind": "other", "result": "invalid", "message": "%s"}]}],
                 "expectations": [
                  {"name": "double_holder", "expected": "expected", "seen": 1, "verdict": "valid", "note": ""},
                  {"name": "twin_losses", "expected": "expected", "seen": 0, "verdict": "unknown", "note": "less than expected"}]}
                """.formatted("z".repeat(300)));

        Chaos chaos =
                read(GOOD.replace("S1-x,acme,1,valid", "S2-z,acme,2,invalid")).orElseThrow();

        assertThat(chaos.failures())
                .isEqualTo(List.of("acme: S2-z with seed 2 is INVALID: K4 lease mutex: " + "z".repeat(200)
                        + " … (and 2 more); twin_losses: less than expected (seen 0)"));
    }

    @Test
    void aReasonMayBeMissingEverywhere() throws IOException {
        String row = GOOD.replace("valid", "unknown");
        assertThat(read(row).orElseThrow().failures())
                .containsExactly("acme: S1-x with seed 1 is unknown: no reason was given");

        writeVerdict("S1-x-acme-1", "{\"overall\": \"valid\"}");
        assertThat(read(row).orElseThrow().failures())
                .containsExactly("acme: S1-x with seed 1 is unknown: no reason was given");
    }

    @Test
    void aVerdictThatIsNoJsonIsRefused() throws IOException {
        writeVerdict("S1-x-acme-1", "{\n\"overall\": ?");

        assertThatThrownBy(() -> read(GOOD.replace("valid", "invalid")))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("chaos/S1-x-acme-1/verdict.json, line 2, column 1")
                .hasMessageContaining("not JSON");
    }

    private void writeVerdict(String run, String json) throws IOException {
        Files.writeString(
                Files.createDirectories(folder.resolve("chaos").resolve(run)).resolve("verdict.json"), json);
    }

    private Optional<Chaos> read(String rows) throws IOException {
        Path chaos = Files.createDirectories(folder.resolve("chaos"));
        Files.writeString(chaos.resolve("runs.csv"), HEADER + "\n" + rows);
        return ChaosFile.read(folder);
    }
}
