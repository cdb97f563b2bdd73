package io.fencepost.scenarios.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The command lines of {@code load} and {@code leases}. */
class LoadCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private int run(String... args) {
        CommandLine command = Fencepost.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command.execute(args);
    }

    @Test
    void helpNamesOptionsAndExitCodes() {
        assertThat(run("load", "--help")).isZero();
        assertThat(run("leases", "--help")).isZero();
        assertThat(out.toString())
                .contains("--ladder", "--contention", "--arrivals", "--counts", "--in-flight", "Exit codes:")
                .doesNotContain("${");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    load   | --providers=etcd     | 'etcd' is no provider here; allowed are cassandra, redlock, zookeeper, zookeeper-fair, memory
                    load   | --contention=some    | 'some' is no level of contention; allowed are low, medium, high
                    load   | --arrivals=bursts    | 'bursts' is no kind of arrivals; allowed are constant, poisson
                    load   | --rate=0             | --rate is 0; allowed is 0.1 to 1000000
                    load   | --factor=1           | --factor is 1; allowed is 1.01 to 10
                    load   | --threads=0          | --threads is 0; allowed is 1 to 4096
                    load   | --seconds=x          | 'x' is not an int
                    leases | --counts=10,0        | --counts is 0; allowed is 1 to 1000000
                    leases | --ttl=0              | --ttl is 0; allowed is 1 to 86400
                    leases | --providers=etcd     | 'etcd' is no provider here
                    """)
    void whatIsWrongIsToldWithWhatIsAllowedAndNothingStarts(String command, String option, String message) {
        Path run = folder.resolve("run");

        assertThat(run(command, option, "--out", run.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(message, "fencepost " + command + " --help");
        assertThat(run).doesNotExist();
    }
}
