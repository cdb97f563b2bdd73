package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What breaks clusters by hand, where no cluster runs: its words, its refusals, and workers. */
class ChaosMainTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path root;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void makeAnEmptyCheckout() throws Exception {
        Files.createDirectories(root.resolve("infra/servers"));
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kill-node",
                "pause-node",
                "partition",
                "latency",
                "slow-disk",
                "move-clock",
                "kill-worker",
                "heal"
            })
    void everyCommandTellsHowItIsUsed(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("usage: " + command);

        assertThat(run(command, "--fast")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no option --fast", "usage: " + command);
    }

    @Test
    void aCommandThatThereIsNotIsRefusedWithThoseThereAre() {
        assertThat(run("explode")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("kill-node", "heal");
    }

    @Test
    void withoutAClusterItIsSaidHowToStartOne() {
        assertThat(run("heal")).isEqualTo(1);
        assertThat(run("kill-node", "1")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("no cluster", "up.sh")
                .doesNotContain("usage");
    }

    @Test
    void wrongValuesAreNamedWithWhatIsAllowed() {
        assertThat(run("latency", "1")).isEqualTo(2);
        assertThat(run("latency", "1", "--delay=fast")).isEqualTo(2);
        assertThat(run("latency", "1", "--delay=10ms", "--jitter=20ms")).isEqualTo(2);
        assertThat(run("latency", "1", "--delay=10ms", "--loss=much")).isEqualTo(2);
        assertThat(run("move-clock", "1")).isEqualTo(2);
        assertThat(run("kill-worker", "all")).isEqualTo(2);
        assertThat(run("kill-worker")).isEqualTo(2);
        assertThat(run("heal", "everything")).isEqualTo(2);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(
                        "--delay=TIME is missing",
                        "--delay = fast, must be a number with ms, s, m or h",
                        "jitter = PT0.02S",
                        "--loss = much",
                        "--offset=TIME is missing",
                        "PID = all",
                        "0 words, one PID expected");
    }

    @Test
    void durationsAreRead() {
        assertThat(ChaosArguments.duration("x", "250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(ChaosArguments.duration("x", "-90s")).isEqualTo(Duration.ofSeconds(-90));
        assertThat(ChaosArguments.duration("x", "5m")).isEqualTo(Duration.ofMinutes(5));
        assertThat(ChaosArguments.duration("x", "2h")).isEqualTo(Duration.ofHours(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChaosArguments.duration("--delay", "2"))
                .withMessageContaining("--delay = 2");
    }

    @Test
    void aWorkerIsKilledAndNothingElseIs() throws Exception {
        Process worker = start("sh", "-c", "sleep 600; :", "io.fencepost.scenarios.worker.WorkerMain");
        Process stranger = start("sh", "-c", "sleep 600; :", "/tmp/WorkerMain.txt");
        ProcessIdentity ofWorker = ProcessIdentity.of(worker.pid()).orElseThrow();

        assertThat(run("kill-worker", Long.toString(stranger.pid()))).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no worker");
        assertThat(stranger.isAlive()).isTrue();
        assertThat(run("kill-worker", Long.toString(worker.pid()))).isZero();

        await().atMost(LIMIT).until(() -> !ofWorker.isAlive());
        assertThat(run("kill-worker", Long.toString(worker.pid()))).isEqualTo(1);
    }

    @Test
    void aWorkerIsKnownByItsMainClass() {
        assertThat(ChaosMain.isWorker(List.of("java", "-cp", "x", "io.fencepost.scenarios.worker.WorkerMain", "a")))
                .isTrue();
        assertThat(ChaosMain.isWorker(List.of("java", "io.fencepost.scenarios.chaos.ChaosWorkerMain")))
                .isTrue();
        assertThat(ChaosMain.isWorker(List.of("grep", "WorkerMainly"))).isFalse();
        assertThat(ChaosMain.isWorker(List.of("vi", "src/WorkerMain.java"))).isFalse();
    }

    private Process start(String... command) throws Exception {
        Process process = new ProcessBuilder(command).start();
        processes.add(process);
        return process;
    }

    private int run(String... arguments) {
        return ChaosMain.run(
                new Checkout(root),
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }
}
