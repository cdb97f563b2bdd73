package io.fencepost.scenarios.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class JobsCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine command = Fencepost.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(args);
    }

    @Test
    void helpNamesOptionsDefaultsAndExitCodes() {
        assertThat(run("jobs", "--help")).isZero();
        assertThat(run("jobs", "figures", "--help")).isZero();
        assertThat(run("jobs", "modes", "--help")).isZero();
        assertThat(run("jobs", "chaos", "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "figures", "modes", "chaos", "--counts", "--backlog", "S1,S2,S3,S5 by default", "Exit codes:");
    }

    @Test
    void withoutACommandTheCommandLineIsWrong() {
        assertThat(run("jobs")).isEqualTo(2);
        assertThat(err.toString()).contains("Say what to do: figures, modes or chaos", "fencepost jobs --help");
    }

    @Test
    void wrongValuesAreToldWhatIsAllowedBeforeAnythingIsStarted() {
        assertThat(run("jobs", "figures", "--providers", "memory")).isEqualTo(2);
        assertThat(run("jobs", "figures", "--stores", "mysql")).isEqualTo(2);
        assertThat(run("jobs", "figures", "--counts", "0")).isEqualTo(2);
        assertThat(run("jobs", "figures", "--bytes", "1048577")).isEqualTo(2);
        assertThat(run("jobs", "modes", "--workers", "17")).isEqualTo(2);
        assertThat(run("jobs", "modes", "--ttl", "0")).isEqualTo(2);
        assertThat(run("jobs", "chaos", "--scenarios", "S4")).isEqualTo(2);
        assertThat(run("jobs", "chaos", "--rate", "21")).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "'memory' is no provider here; allowed are cassandra, redlock, zookeeper",
                        "'mysql' is no store; there are sqlite, cassandra",
                        "--counts is 0; allowed is 1 to 1000000",
                        "--bytes is 1048577; allowed is 0 to 1048576",
                        "--workers is 17; allowed is 1 to 16",
                        "--ttl is 0; allowed is 1 to 5",
                        "'S4' is no scenario for jobs; there are S1, S2, S3, S5",
                        "--rate is 21; allowed is 1 to 20");
    }

    @Test
    void aFolderWithContentIsNotTouched() throws IOException {
        Path kept = Files.writeString(folder.resolve("jobs.csv"), "kept");

        assertThat(run("jobs", "figures", "--out", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("is not empty; a run needs a folder of its own");
        assertThat(kept).hasContent("kept");
    }
}
