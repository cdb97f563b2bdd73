package io.fencepost.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ReportCommandTest {
    @TempDir
    private Path temp = Path.of("");

    private MadeUpRun run;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void copy() throws IOException {
        run = MadeUpRun.in(Files.createDirectory(temp.resolve("new")));
    }

    @Test
    void printsTheComparison() {
        assertThat(execute(run.folder().toString())).isZero();

        assertThat(out.toString()).startsWith("# Fencepost comparison: made-up-quick\n");
        assertThat(err.toString()).isEmpty();
        assertThat(run.folder().resolve("comparison.html")).isNotEmptyFile();
    }

    @Test
    void anIncompleteRunIsPrintedAndEndsWithOne() throws IOException {
        run.withRow("bench.csv", "made-up-quick,redlock,handoff,handoff_p99", "");

        assertThat(execute(run.folder().toString())).isEqualTo(ReportCommand.INCOMPLETE);
        assertThat(out.toString()).contains("MISSING");
        assertThat(err.toString()).isEqualToIgnoringNewLines("problem: redlock: handoff/handoff_p99 is missing");
    }

    @Test
    void aViolationOutweighsAProblem() throws IOException {
        run.withRow("bench.csv", "made-up-quick,redlock,handoff,handoff_p99", "")
                .withRow(
                        "bench.csv",
                        "made-up-quick,redlock,contention-low,token_violations",
                        "made-up-quick,redlock,contention-low,token_violations,count,1,,,9");

        assertThat(execute(run.folder().toString())).isEqualTo(ReportCommand.VIOLATED);
        assertThat(err.toString()).contains("VIOLATION redlock: contention-low/token_violations is 1");
    }

    @Test
    void aFailedConformanceRuleIsPrintedAndEndsWithOne() throws IOException {
        run.with(
                "conformance.csv",
                "2.4,tokens grow | across restarts,zookeeper,PASSED,",
                "2.4,x,zookeeper,FAILED,7 twice");

        assertThat(execute(run.folder().toString())).isEqualTo(ReportCommand.INCOMPLETE);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "problem: zookeeper: rule 2.4 failed (tokens grow | across restarts): 7 twice");
    }

    @Test
    void anInvalidRunOfChaosIsPrintedAndEndsWithOne() throws IOException {
        run.with("chaos/runs.csv", "S0-calm,cassandra,42,valid", "S0-calm,cassandra,42,invalid")
                .with("chaos/runs.csv", "496,1,0,22,", "496,1,0,22,it burns");

        assertThat(execute(run.folder().toString())).isEqualTo(ReportCommand.INCOMPLETE);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("problem: cassandra: S0-calm with seed 42 is INVALID: it burns");
    }

    @Test
    void chaosAloneIsNoComparisonButHasAPageOfItsOwn() throws IOException {
        Path chaos = Files.createDirectory(temp.resolve("alone"));
        for (String file : List.of("chaos.csv", "environment.json")) {
            Files.copy(run.folder().resolve(file), chaos.resolve(file));
        }
        Files.copy(run.folder().resolve("chaos/runs.csv"), chaos.resolve("runs.csv"));

        assertThat(execute(chaos.toString())).isEqualTo(ReportCommand.INCOMPLETE);
        assertThat(err.toString())
                .contains(
                        "alone is not the folder of a comparison: it is of 'fencepost scenario run', without bench.csv,"
                                + " and was broken off before its page was written");

        Path page = Files.createFile(chaos.resolve("index.html"));
        assertThat(execute(chaos.toString())).isEqualTo(ReportCommand.INCOMPLETE);
        assertThat(err.toString()).contains("without bench.csv; its page is " + page);
        assertThat(out.toString()).isEmpty();
        assertThat(chaos.resolve("comparison.md")).doesNotExist();
    }

    @Test
    void anUnreadableFileIsNamedWithoutAStackTraceAndNothingIsWritten() throws IOException {
        run.with("bench.csv", "us,2430,", "us,much,");

        assertThat(execute(run.folder().toString())).isEqualTo(ReportCommand.INCOMPLETE);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "fencepost report: bench.csv, line 2, column 6 (value): 'much' is not a number");
        assertThat(out.toString()).isEmpty();
        assertThat(run.folder().resolve("comparison.md")).doesNotExist();
    }

    @Test
    void whatIsNoRunIsRefused() {
        assertThat(execute(temp.toString())).isEqualTo(ReportCommand.INCOMPLETE);
        assertThat(err.toString())
                .contains("is not the folder of a comparison: neither bench.csv nor chaos.csv is there");

        assertThat(execute(temp.resolve("absent").toString())).isEqualTo(ReportCommand.INCOMPLETE);
        assertThat(err.toString()).contains("absent is not a folder");
    }

    @Test
    void wrongUsageEndsWithTwo() {
        assertThat(execute()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("Missing required parameter: '<run-folder>'");
    }

    @Test
    void twoRunsAreComparedByTheirMeasurements() throws IOException {
        MadeUpRun old = MadeUpRun.in(Files.createDirectory(temp.resolve("old")));
        old.with("bench.csv", "made-up-quick", "earlier")
                .with("chaos.csv", "made-up-quick", "earlier")
                .with("environment.json", "made-up-quick", "earlier")
                .with("environment.json", "\"processors\": 2", "\"processors\": 4")
                .with("environment.json", "5 masters", "3 masters")
                .withRow(
                        "bench.csv",
                        "earlier,redlock,uncontended,acquire_p50",
                        "earlier,redlock,uncontended,acquire_p50,us,107,100,110,8000");

        assertThat(execute(run.folder().toString(), "--against", old.folder().toString()))
                .isZero();

        assertThat(out.toString()).startsWith("# earlier → made-up-quick\n");
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "| machine.processors | 4 | 2 |",
                        "| providers.redlock.config.cluster | 3 masters | 5 masters |",
                        "| redlock | uncontended/acquire_p50 (us) | 107 [100, 110] | 214 [205, 225] | 2.00 | apart |",
                        "| redlock | uncontended/release_p50 (us) | 198 [190, 208] | 198 [190, 208] | 1.00 | touch |",
                        "| redlock | kill-node/double_holders (count) | 0 | 0 | – | |");
        assertThat(run.folder().resolve("comparison.md")).doesNotExist();
    }

    @Test
    void worksAsASubcommand() {
        CommandLine fencepost = new CommandLine(new Fencepost())
                .addSubcommand(new ReportCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));

        assertThat(fencepost.execute("report", run.folder().toString())).isZero();
        assertThat(out.toString()).startsWith("# Fencepost comparison");
        assertThat(fencepost.execute("report", "--help")).isZero();
        assertThat(out.toString()).contains("Usage: fencepost report").contains("Exit codes:");
    }

    @Command(name = "fencepost")
    private static final class Fencepost {}

    private int execute(String... args) {
        return new CommandLine(new ReportCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }
}
