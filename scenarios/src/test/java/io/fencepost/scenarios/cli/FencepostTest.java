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

class FencepostTest {
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
    void helpNamesTheCommandsButNotTheHiddenOne() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("compare", "demo", "report").doesNotContainPattern("(?m)^  worker");
    }

    @Test
    void helpOfCompareNamesOptionsDefaultsAndExitCodes() {
        assertThat(run("compare", "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "--providers",
                        "cassandra,redlock,zookeeper",
                        "--profile",
                        "--seed",
                        "--out",
                        "--conformance",
                        "Exit codes:");
    }

    @Test
    void versionComesFromTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString())
                .containsPattern("fencepost \\d+\\.\\d+\\.\\d+")
                .doesNotContain("${");
    }

    @Test
    void everyVersionIsFilledIn() {
        assertThat(Versions.all())
                .containsKeys("fencepost", "java-driver", "lettuce", "curator", "zookeeper client")
                .allSatisfy((name, version) -> assertThat(version).matches("\\d.*"));
    }

    @Test
    void withoutACommandTheCommandLineIsWrong() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString())
                .contains("Say what to do: compare, bench, load, leases, scale, scenario, jobs, demo, report or doctor")
                .contains("fencepost --help");
    }

    @Test
    void anUnknownProviderListsThoseThereAre() {
        assertThat(run("compare", "--providers", "redlock,etcd")).isEqualTo(2);
        assertThat(err.toString())
                .contains("'etcd' is no provider to compare; there are cassandra, redlock, zookeeper")
                .contains("fencepost compare --help");
    }

    @Test
    void anUnknownProfileListsThoseThereAre() {
        assertThat(run("compare", "--profile", "slow")).isEqualTo(2);
        assertThat(err.toString()).contains("'slow' is no profile; there are quick, full");
    }

    @Test
    void aSeedIsANumber() {
        assertThat(run("compare", "--seed", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("--seed", "'x' is not a long");
    }

    @Test
    void helpOfTheDemonstrationNamesOptionsDefaultsAndExitCodes() {
        assertThat(run("demo", "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "--provider", "redlock, zookeeper or cassandra", "--port", "--store", "--keep", "Exit codes:");
    }

    @Test
    void aWrongDemonstrationIsToldWhatThereIs() {
        assertThat(run("demo", "--provider", "etcd")).isEqualTo(2);
        assertThat(run("demo", "--port", "70000")).isEqualTo(2);
        assertThat(run("demo", "--store", "mysql:x")).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "'etcd' is no provider of the demonstration; there are redlock, zookeeper, cassandra",
                        "--port is 70000; allowed is 0 to 65535",
                        "--store is 'mysql:x'; allowed are sqlite:<file> and cassandra://...");
    }

    @Test
    void aFolderWithContentIsNotTouched() throws IOException {
        Path kept = Files.writeString(folder.resolve("bench.csv"), "kept");

        assertThat(run("compare", "--out", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("is not empty; a run needs a folder of its own");
        assertThat(kept).hasContent("kept");
    }

    @Test
    void aWrongConformanceFileIsRefusedBeforeTheRun() throws IOException {
        Path file = Files.writeString(folder.resolve("other.csv"), "rule,title\n");
        Path run = folder.resolve("run");

        assertThat(run("compare", "--conformance", file.toString(), "--out", run.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "--conformance: " + file + " is not a conformance.csv: other.csv, line 1, column 3 (provider)");
        assertThat(run("compare", "--conformance", folder.resolve("absent").toString(), "--out", run.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--conformance: " + folder.resolve("absent") + " is not there");
        assertThat(run).doesNotExist();
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "kept");

        assertThat(run("compare", "--out", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("is not a folder");
    }
}
