package io.fencepost.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.report.Conformance.Outcome;
import io.fencepost.report.Conformance.RuleId;
import io.fencepost.report.Conformance.Suite;
import io.fencepost.report.Conformance.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConformanceFileTest {
    private static final String HEADER = "rule,title,provider,result,reason,millis,kit,api,at";
    private static final String GOOD = "1.1,title,acme,PASSED,,7,2.0,1.9,2026-01-31T12:00:00Z";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void readsWhatTheKitWrites() throws IOException {
        Conformance conformance = read(HEADER + "\r\n" + GOOD + "\r\n"
                + "2.10,ten,acme,NOT RUN,\"needs, \"\"a\"\" hook\nof two lines\",0,2.0,1.9,2026-01-31T12:00:00Z\r\n"
                + "2.9,nine,acme,NOT RUN,not applicable: no servers,0,2.0,1.9,2026-01-31T12:00:00Z\r\n"
                + "1.1,title,redlock-3,FAILED,two at once,0,1.0,1.8,2026-01-30T12:00:00Z\r\n"
                + "2.9,nine,redlock-3,FAILED,,0,1.0,1.8,2026-01-30T12:00:00Z\r\n");

        assertThat(conformance.rules().values()).containsExactly("title", "nine", "ten");
        assertThat(conformance.suites())
                .containsExactly(
                        new Suite(
                                "redlock-3",
                                "1.0",
                                "1.8",
                                Instant.parse("2026-01-30T12:00:00Z"),
                                new TreeMap<>(Map.of(
                                        new RuleId(1, 1), new Outcome(Verdict.FAILED, "two at once"),
                                        new RuleId(2, 9), new Outcome(Verdict.FAILED, "no reason was given")))),
                        new Suite(
                                "acme",
                                "2.0",
                                "1.9",
                                Instant.parse("2026-01-31T12:00:00Z"),
                                new TreeMap<>(Map.of(
                                        new RuleId(1, 1), new Outcome(Verdict.PASSED, ""),
                                        new RuleId(2, 9), new Outcome(Verdict.NOT_APPLICABLE, "no servers"),
                                        new RuleId(2, 10),
                                                new Outcome(Verdict.NOT_RUN, "needs, \"a\" hook\nof two lines")))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "one,t,acme,PASSED,,7,2.0,1.9,2026-01-31T12:00:00Z   | column 1 (rule): 'one' is not the number of a rule, like 2.4",
                "1.1,t,acme,PASSED,,7,2.0,1.9,2026-01-31T12:00:00Z   | column 1 (rule): a second result of rule 1.1 of acme; the first is in conformance.csv, line 2",
                "1.2,,acme,PASSED,,7,2.0,1.9,2026-01-31T12:00:00Z    | column 2 (title): there is no title",
                "1.2,t,ac me,PASSED,,7,2.0,1.9,2026-01-31T12:00:00Z  | column 3 (provider): 'ac me' is not a name",
                "1.2,t,acme,passed,,7,2.0,1.9,2026-01-31T12:00:00Z   | column 4 (result): 'passed' is not PASSED, FAILED or NOT RUN",
                "1.2,t,acme,PASSED,,-7,2.0,1.9,2026-01-31T12:00:00Z  | column 6 (millis): '-7' is not a whole number of at least 0",
                "1.2,t,acme,PASSED,,7,,1.9,2026-01-31T12:00:00Z      | column 7 (kit): there is no kit",
                "1.2,t,acme,PASSED,,7,2.1,1.9,2026-01-31T12:00:00Z   | column 7 (kit): '2.1', but '2.0' in earlier rows of acme: not of one run",
                "1.2,t,acme,PASSED,,7,2.0,1.8,2026-01-31T12:00:00Z   | column 8 (api): '1.8', but '1.9' in earlier rows of acme: not of one run",
                "1.2,t,acme,PASSED,,7,2.0,1.9,2026-01-31T12:00:01Z   | column 9 (at): '2026-01-31T12:00:01Z', but '2026-01-31T12:00:00Z' in earlier rows",
                "1.2,t,acme,PASSED,,7,2.0,1.9,noon                   | column 9 (at): 'noon' is not an instant in UTC, like 2026-01-31T12:00:00Z",
                "1.2,t,acme,PASSED,,7                                | column 7 (kit): the row ends here, after 6 of 9 columns",
                "1.2,t,acme,PASSED,,7,2.0,1.9,2026-01-31T12:00:00Z,x | column 10: there must be 9 columns, not 10",
            })
    void malformedRowsAreRefusedWithLineAndColumn(String row, String message) {
        assertThatThrownBy(() -> read(HEADER + "\n" + GOOD + "\n" + row + "\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("conformance.csv, line 3, " + message);
    }

    @Test
    void theFormOfOlderKitsIsRefusedByItsHeader() {
        assertThatThrownBy(() -> read("rule,title,provider,result,reason,millis\n1.1,t,acme,PASSED,,7\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessage("conformance.csv, line 1, column 7 (kit): the header says 'nothing'; it must be " + HEADER);
    }

    @Test
    void aHeaderAloneIsNoResult() {
        assertThatThrownBy(() -> read(HEADER + "\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessage("conformance.csv, line 2: there is no result below the header");
    }

    @Test
    void aMalformedFileOfARunIsRefused() throws IOException {
        MadeUpRun run = MadeUpRun.in(folder);
        run.with("conformance.csv", "2026-01-30T08:00:01Z", "today");

        assertThatThrownBy(() -> ComparisonReport.write(folder))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("conformance.csv, line 2, column 9 (at): 'today' is not an instant");
        assertThat(folder.resolve("comparison.md")).doesNotExist();
    }

    @Test
    void aFileCanBeCheckedUnderAnyName() throws IOException {
        Path file = Files.writeString(folder.resolve("other.csv"), HEADER + "\n" + GOOD + "\n");
        assertThatCode(() -> ComparisonReport.checkConformance(file)).doesNotThrowAnyException();

        Files.writeString(file, HEADER + "\n" + GOOD.replace("PASSED", "fine"));
        assertThatThrownBy(() -> ComparisonReport.checkConformance(file))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("other.csv, line 2, column 4 (result)");
        assertThatThrownBy(() -> ComparisonReport.checkConformance(folder.resolve("absent")))
                .isInstanceOf(NoSuchFileException.class);
    }

    private Conformance read(String csv) throws IOException {
        return ConformanceFile.read(Files.writeString(folder.resolve("conformance.csv"), csv));
    }
}
