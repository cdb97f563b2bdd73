package io.fencepost.scenarios.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration, as a process of its own. */
@Timeout(150)
class DemoIT {
    private static final Pattern PROCESS = Pattern.compile("process (\\d+)");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Process start(Path output, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dfencepost.root=" + System.getProperty("fencepost.root"),
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                "io.fencepost.scenarios.cli.Fencepost",
                "demo"));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        started.add(process);
        return process;
    }

    @Test
    void everyStepIsSeenAndNothingIsLeft() throws Exception {
        Path output = folder.resolve("output");
        Process demo = start(output);

        assertThat(demo.waitFor(120, TimeUnit.SECONDS)).as("%s", output).isTrue();

        String told = Files.readString(output, UTF_8);
        assertThat(demo.exitValue()).as(told).isZero();
        assertThat(told)
                .contains(
                        "12 of 12 done",
                        "SIGKILL for process",
                        "with the greater token",
                        "SIGSTOP for process",
                        "SIGCONT for process",
                        "14 jobs, 14 accepted completions, one each",
                        "16 begins: 2 jobs were begun a second time",
                        "ended with 0",
                        "Every step was seen")
                .containsPattern("refused late a write with token (\\d+) is stale, the store has accepted token (\\d+)")
                .doesNotContain("NOT SEEN", "\u001b");
        nothingIsLeftOf(told);
    }

    @Test
    void whoInterruptsItFindsNothingLeft() throws Exception {
        Path output = folder.resolve("output");
        Process demo = start(output);
        Awaitility.await("two workers")
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> !demo.isAlive() || Files.readString(output, UTF_8).contains("worker-2 is process"));

        demo.destroy();

        assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String told = Files.readString(output, UTF_8);
        assertThat(demo.exitValue()).as(told).isNotZero();
        assertThat(told).contains("Interrupted: ").doesNotContain("NOT SEEN");
        nothingIsLeftOf(told);
    }

    private void nothingIsLeftOf(String told) throws IOException {
        Set<Long> ids = new TreeSet<>();
        for (Matcher matcher = PROCESS.matcher(told); matcher.find(); ) {
            ids.add(Long.valueOf(matcher.group(1)));
        }
        assertThat(ids)
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(id ->
                        assertThat(ProcessHandle.of(id)).as("process %d", id).isEmpty());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
                    .noneMatch(name -> name.startsWith("fencepost-demo"));
        }
    }
}
