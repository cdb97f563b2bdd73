package io.fencepost.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SchedulerMainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private int run(String... args) {
        CommandLine command = SchedulerMain.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command.execute(args);
    }

    /** With one option that is under test, and those beside it that are needed. */
    private int runWith(String option, String value, String command, String... others) {
        Map<String, String> options = new LinkedHashMap<>(Map.of("--store", "sqlite:" + folder.resolve("jobs.db")));
        for (int i = 0; i < others.length; i += 2) {
            options.put(others[i], others[i + 1]);
        }
        options.put(option, value);
        List<String> args = new ArrayList<>(List.of(command));
        options.forEach((name, given) -> args.addAll(List.of(name, given)));
        return run(args.toArray(String[]::new));
    }

    @Test
    void helpNamesTheCommands() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("worker", "api", "try");
    }

    @ParameterizedTest
    @CsvSource({"worker", "api", "try"})
    void helpOfEachCommandTellsDefaultsAndExitCodes(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("Exit codes:", "by default").doesNotContain("${");
    }

    @Test
    void withoutACommandTheCommandLineIsWrong() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString())
                .contains("Say what to run: worker, api or try")
                .contains("--help");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--slots|0|--slots is 0; allowed is 1 to 1000",
                "--slots|many|'many' is not an int",
                "--slots|99999999999|--slots: How many jobs it runs at once, 1 to 1000.",
                "--ttl|10|'10' is no duration; allowed are forms like 500ms, 10s, 2m, 1h, and ISO 8601's PT10S",
                "--ttl|500ms|--ttl is 500ms; allowed is 1s to 1h",
                "--ttl|soon|--ttl: Of the leases, 1s to 1h",
                "--poll|PT0.0000001S|--poll is PT0.0000001S; allowed is 10ms to 1m",
                "--poll|2m|--poll is 2m; allowed is 10ms to 1m",
                "--drain|2h|--drain is 2h; allowed is 0s to 1h",
                "--dispatch|boss|'boss' is no way to dispatch; there are leaderless, leader",
                "--name|a b|--name is 'a b'; allowed are 1 to 64 letters, digits",
                "--metrics-port|70000|--metrics-port is 70000; allowed is 0 to 65535",
                "--metrics-port|http|--metrics-port: 0 to 65535",
                "--http-hosts|a.org,b c|'b c' is no host; allowed are forms like api.example.com, *.example.com",
                "--store|mysql:x|--store: ",
                "--locks|etcd://x|--locks: "
            })
    void aWrongValueOfAWorkerIsNamedWithWhatIsAllowed(String option, String value, String sentence) {
        assertThat(runWith(option, value, "worker", "--locks", "memory:", "--metrics-port", "0"))
                .isEqualTo(2);
        assertThat(err.toString()).contains(sentence, "fencepost-scheduler worker --help");
    }

    @Test
    void aWorkerNeedsALockService() {
        assertThat(run("worker", "--store", "sqlite:" + folder.resolve("jobs.db")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("Missing required option: '--locks=<uri>'");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--port|-1|--port is -1; allowed is 0 to 65535",
                "--max-body|1|--max-body is 1; allowed is 1024 to 67108864",
                "--rate|fast|--rate: Requests a second of one client address, 1 to 1000000",
                "--rate|0|--rate is 0; allowed is 1 to 1000000",
                "--token-file|absent|--token-file: absent cannot be read",
                "--host|0.0.0.0|--allow-anonymous"
            })
    void aWrongValueOfTheApiIsNamedWithWhatIsAllowed(String option, String value, String sentence) {
        assertThat(runWith(option, value, "api", "--port", "0")).isEqualTo(2);
        assertThat(err.toString()).contains(sentence, "fencepost-scheduler api --help");
    }

    @Test
    void aTokenThatIsTooShortIsRefusedAndNotRepeated() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "s3cret\n");

        assertThat(run("api", "--token-file", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("a token has at least 16").doesNotContain("s3cret");
    }
}
