package io.fencepost.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsFileTest {
    private static final String HEADER = "run,provider,scenario,metric,unit,value,low,high,n";
    private static final String GOOD = "r,redlock,floor,raw_acquire_p50,us,132,130,135,8000";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void readsValueIntervalAndCount() throws IOException {
        Measurement m = read(HEADER + "\r\n" + GOOD + "\r\n")
                .find("redlock", "floor", "raw_acquire_p50")
                .orElseThrow();

        assertThat(m.value()).isEqualTo(132);
        assertThat(m.unit()).isEqualTo(Unit.MICROSECONDS);
        assertThat(m.interval()).contains(new Measurement.Interval(130, 135));
        assertThat(m.n()).hasValue(8000);
    }

    @Test
    void intervalAndCountMayBeEmptyAndFieldsQuoted() throws IOException {
        Measurement m = read(HEADER + "\n\"r\",redlock,floor,x,us,1.5e3,,,")
                .find("redlock", "floor", "x")
                .orElseThrow();

        assertThat(m.value()).isEqualTo(1500);
        assertThat(m.interval()).isEmpty();
        assertThat(m.n()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "r,redlock,floor,x,us,abc,,,1      | column 6 (value): 'abc' is not a number",
                "r,redlock,floor,x,us,,,,1         | column 6 (value): there is no number",
                "r,redlock,floor,x,us,NaN,,,1      | column 6 (value): 'NaN' is not a number",
                "r,redlock,floor,x,us,1d,,,1       | column 6 (value): '1d' is not a number",
                "r,redlock,floor,x,us,1e999,,,1    | column 6 (value): '1e999' is not a finite number of at least 0",
                "r,redlock,floor,x,us,-1,,,1       | column 6 (value): '-1' is not a finite number of at least 0",
                "r,redlock,floor,x,us,'1,5',,,1    | column 10: there must be 9 columns, not 10",
                "r,redlock,floor,x,us,1,2,,1       | column 8 (high): there is no number",
                "r,redlock,floor,x,us,1,2,1,1      | column 7 (low): low 2 is above high 1",
                "r,redlock,floor,x,us,1,,,few      | column 9 (n): 'few' is not a whole number of at least 0",
                "r,redlock,floor,x,us,1,,,-3       | column 9 (n): '-3' is not a whole number of at least 0",
                "r,redlock,floor,x,miles,1,,,1     | column 5 (unit): unknown unit 'miles'",
                "r,red lock,floor,x,us,1,,,1       | column 2 (provider): 'red lock' is not a name",
                "r,redlock,floor,,us,1,,,1         | column 4 (metric): '' is not a name",
                "q,redlock,floor,x,us,1,,,1        | column 1 (run): the row is of run 'q', the folder of another: r",
                "r,redlock,floor,x,us              | column 6 (value): the row ends here, after 5 of 9 columns",
                "r,redlock,floor,raw_acquire_p50,us,1,,,1 | column 4 (metric): a second value of floor/raw_acquire_p50 of redlock; the first is in bench.csv, line 2",
            })
    void malformedRowsAreRefusedWithLineAndColumn(String row, String message) {
        assertThatThrownBy(() -> read(HEADER + "\n" + GOOD + "\n" + row + "\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("bench.csv, line 3, " + message);
    }

    @Test
    void anEmptyLineIsARowThatEndsTooSoon() {
        assertThatThrownBy(() -> read(HEADER + "\n\n" + GOOD + "\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("bench.csv, line 2, column 2 (provider): the row ends here");
    }

    @Test
    void anotherHeaderIsRefused() {
        assertThatThrownBy(() -> read(HEADER.replace("metric,unit", "unit,metric") + "\n" + GOOD + "\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessage("bench.csv, line 1, column 4 (metric): the header says 'unit'; it must be " + HEADER);
    }

    @Test
    void anEmptyFileIsRefused() {
        assertThatThrownBy(() -> read(""))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessage("bench.csv is empty: not even the header line is there");
    }

    @Test
    void anOpenQuoteIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read(HEADER + "\n" + GOOD + "\n\"r,redlock\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("bench.csv, line ")
                .hasMessageContaining("RFC 4180");
    }

    @Test
    void anotherEncodingIsRefused() throws IOException {
        Files.write(folder.resolve("bench.csv"), (HEADER + "\nr,r\u00e9,").getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> Run.read(folder))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageContaining("bench.csv")
                .hasMessageContaining("UTF-8");
    }

    @Test
    void theSecondFileMustNotContradictTheFirst() throws IOException {
        Files.writeString(folder.resolve("bench.csv"), HEADER + "\n" + GOOD + "\n");
        Files.writeString(folder.resolve("chaos.csv"), HEADER + "\n" + GOOD + "\n");

        assertThatThrownBy(() -> Run.read(folder))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("chaos.csv, line 2, column 4 (metric): a second value")
                .hasMessageEndingWith("the first is in bench.csv, line 2");
    }

    @Test
    void rowsMustBeOfTheRunOfTheEnvironment() throws IOException {
        Files.writeString(folder.resolve("environment.json"), "{\"run\": \"another\"}");

        assertThatThrownBy(() -> read(HEADER + "\n" + GOOD + "\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessage("bench.csv, line 2, column 1 (run): the row is of run 'r', the folder of another: another");
    }

    @Test
    void abrokenEnvironmentIsRefusedWithItsPlace() throws IOException {
        Files.writeString(folder.resolve("environment.json"), "{\n  \"run\": \n}");

        assertThatThrownBy(() -> read(HEADER + "\n" + GOOD + "\n"))
                .isInstanceOf(ResultsFormatException.class)
                .hasMessageStartingWith("environment.json, line 3, column 1: not JSON");
    }

    private Results read(String csv) throws IOException {
        Path file = folder.resolve("bench.csv");
        Files.writeString(file, csv);
        if (Files.exists(folder.resolve("environment.json"))) {
            return Run.read(folder).results();
        }
        Results.Builder results = new Results.Builder(Optional.empty());
        ResultsFile.read(file, results);
        return results.build();
    }
}
