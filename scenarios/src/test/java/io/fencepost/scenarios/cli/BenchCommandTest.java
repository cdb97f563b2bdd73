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

class BenchCommandTest {
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
    void helpNamesOptionsDefaultsAndExitCodes() {
        assertThat(run("bench", "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "--goals",
                        "--quick",
                        "--full",
                        "--experiments",
                        "--evaluate=<folder>",
                        "cassandra,redis,zookeeper,",
                        "--benchmarks",
                        "--rounds",
                        "--out",
                        "Exit codes:");
    }

    @Test
    void anUnknownBackendListsThoseThereAre() {
        assertThat(run("bench", "--backends", "redis,etcd")).isEqualTo(2);
        assertThat(err.toString())
                .contains("'etcd' is no backend; there are cassandra, redis, zookeeper, memory")
                .contains("fencepost bench --help");
    }

    @Test
    void aPatternThatFindsNothingListsTheBenchmarks() {
        Path run = folder.resolve("run");

        assertThat(run("bench", "--benchmarks", "Unheard", "--out", run.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--benchmarks: 'Unheard' is found in none that goals has on these backends")
                .contains("Uncontended.acquire", "Contended.cycle", "takeover");
        assertThat(run).doesNotExist();
    }

    @Test
    void aBrokenPatternIsShown() {
        assertThat(run("bench", "--benchmarks", "(")).isEqualTo(2);
        assertThat(err.toString()).contains("--benchmarks", "Unclosed group");
    }

    @Test
    void thereIsAtLeastOneRound() {
        assertThat(run("bench", "--rounds", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--rounds: 0 is less than 1");
    }

    @Test
    void onlyOneThingIsMeasuredAtATime() {
        assertThat(run("bench", "--quick", "--full")).isEqualTo(2);
        assertThat(err.toString()).contains("--quick", "--full", "mutually exclusive");
    }

    @Test
    void aFolderWithContentIsNotTouched() throws IOException {
        Path kept = Files.writeString(folder.resolve("bench.csv"), "kept");

        assertThat(run("bench", "--out", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("is not empty; a run needs a folder of its own");
        assertThat(kept).hasContent("kept");
    }

    @Test
    void whatIsNoRunIsNotEvaluated() {
        assertThat(run("bench", "--evaluate", folder.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains("--evaluate: ", "environment.json is not there: this is no run of fencepost bench");
        assertThat(folder).isEmptyDirectory();
    }

    /** The goals of a backend that was not asked for do not count; one fork cannot have an interval, and is evaluated all the same. */
    @Test
    void aKeptRunIsEvaluatedAgain() throws IOException {
        Files.writeString(folder.resolve("environment.json"), """
                {"run": "kept", "profile": "goals", "command": "fencepost bench", "asked": {"backends": [], "benchmarks": ""},
                 "contestants": {"memory": {"backend": "memory", "role": "ours", "version": "1", "guarantee": "nothing survives"}}}
                """);
        Path round = Files.createDirectories(folder.resolve("jmh/memory/round-01"));
        Files.writeString(round.resolve("001-m.extra.json"), """
                {"configuration": {"backend": "memory", "benchmark": "MemoryCycle.cycle", "contestant": "memory", "clients": 1, "threads": 1,
                 "params": {}, "stoppedNodes": 0}, "round": 1}
                """);
        Files.writeString(round.resolve("001-m.json"), """
                [{"jmhVersion": "1.37", "mode": "avgt", "primaryMetric": {"score": 650.5, "scoreUnit": "ns/op"},
                  "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 584.0, "scoreUnit": "B/op"}}}]
                """);

        assertThat(run("bench", "--evaluate", folder.toString())).isZero();
        assertThat(folder.resolve("bench.csv"))
                .content()
                .contains("kept,memory,MemoryCycle.cycle 1x1,mean,us,0.6505,,,1")
                .contains("kept,memory,MemoryCycle.cycle 1x1,allocated,B,584,,,1");
        assertThat(folder.resolve("goals.md")).content().contains("≤ 1 µs | 0.651 µs | – | yes (one round) | 1 |");
        assertThat(folder.resolve("goals.html")).content().contains("<svg", "nothing survives");
    }
}
