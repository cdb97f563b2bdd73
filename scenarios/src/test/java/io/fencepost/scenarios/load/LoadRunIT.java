package io.fencepost.scenarios.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.run.Progress;
import io.fencepost.scenarios.worker.Arrivals;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A short ladder on real servers. */
@Timeout(180)
class LoadRunIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void aLadderOnZooKeeperIsClimbedAndJudged() throws Exception {
        LoadOptions options = new LoadOptions(
                List.of(Subject.ZOOKEEPER),
                List.of(Contention.HIGH),
                true,
                OptionalDouble.of(5),
                2,
                2,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                2,
                8,
                Duration.ZERO,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Arrivals.POISSON,
                1);
        EnvironmentFile environment = new EnvironmentFile(
                folder.resolve("environment.json"), "own", Instant.now(), 1, "ladder", "none", Map.of(), folder);
        LoadRun.Result result;
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
        try (Progress progress = new Progress(nowhere, false, options.steps(), options.estimate())) {
            result = new LoadRun(options, folder, "own", environment, progress).run();
        }

        assertThat(result.failures()).isEmpty();
        assertThat(result.violations()).isZero();
        assertThat(Files.readAllLines(folder.resolve("ladder.csv")))
                .hasSizeBetween(3, 4)
                .filteredOn(line -> line.startsWith("own,zookeeper,high,"))
                .hasSizeBetween(2, 3)
                .anyMatch(line -> line.startsWith("own,zookeeper,high,5.00,"));
        assertThat(folder.resolve("load.html")).content().contains("<g class=\"zookeeper\">");
        assertThat(folder.resolve("grants-zookeeper.csv.gz")).isNotEmptyFile();
        assertThat(folder.resolve("environment.json")).content().contains("\"zookeeper\"");
        try (var logs = Files.list(folder.resolve("hlog").resolve("zookeeper"))) {
            assertThat(logs.map(log -> log.getFileName().toString()))
                    .contains("high-warm-up-w1.hlog", "high-01-w1.hlog", "high-01-w2.hlog");
        }
    }
}
