package io.fencepost.scenarios.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.RunFolder;
import io.fencepost.history.check.Check;
import io.fencepost.history.check.Judgement;
import io.fencepost.history.check.Result;
import io.fencepost.scenarios.chaos.plan.Catalog;
import io.fencepost.scenarios.chaos.plan.Overrides;
import io.fencepost.scenarios.output.EnvironmentFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Short runs on real servers: the laboratory as a whole. */
@Timeout(300)
class CampaignIT {
    private static final String RUN = "own";

    @TempDir
    private Path folder = Path.of("");

    private Summary run(String scenario, Map<String, String> settings) throws Exception {
        Path out = Files.createDirectory(folder.resolve(RUN));
        List<Campaign.Task> tasks =
                Campaign.tasks(List.of(Catalog.find(scenario, Overrides.of(settings))), List.of(Variant.REDLOCK), 1, 1);
        EnvironmentFile environment = new EnvironmentFile(
                out.resolve("environment.json"), RUN, Instant.now(), 1, "test", "none", Map.of(), folder);
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Campaign(tasks, out, Map.of(), environment, List.of(), Campaign.Keep.ALL, false, nowhere).run();
    }

    private RunFolder only() throws IOException {
        try (var inside = Files.list(folder.resolve(RUN))) {
            return inside.filter(Files::isDirectory)
                    .map(RunFolder::new)
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aKilledMajorityIsProvedHealedAndJudgedAndTheJudgementIsTheSameFromTheFolder() throws Exception {
        Summary summary = run("S3", Map.of("duration", "8s", "nodes", "majority"));

        assertThat(summary.rows()).singleElement().satisfies(row -> {
            assertThat(row.findings()).isEmpty();
            assertThat(row.result()).contains(Result.VALID);
        });
        RunFolder run = only();
        Judgement judged = Judgement.read(run);
        assertThat(judged.grants()).isPositive();
        assertThat(judged.metrics().unavailableMs()).isPositive();
        String verdict = Files.readString(run.verdict());
        assertThat(Judgement.of(run).toJson()).isEqualTo(verdict);
        assertThat(List.of(run.page(), run.logs().resolve("redis-1.log.gz"))).allMatch(Files::exists);
        assertThat(Files.readString(folder.resolve(RUN).resolve("chaos.csv"))).contains("valid_runs,count,1");
        assertThat(folder.resolve(RUN).resolve("index.html")).exists();
    }

    /** The store would say valid as well if it let everything pass; this is the run in which it must not. */
    @Test
    void aHolderThatIsStoppedBeforeItsWriteHarmsTheTwinAndNotTheFencedStore() throws Exception {
        Summary summary = run("S1", Map.of("rate", "60"));

        assertThat(summary.rows()).singleElement().satisfies(row -> {
            assertThat(row.findings()).isEmpty();
            assertThat(row.exposure("twin_losses")).isPositive();
            assertThat(row.staleWrites()).isZero();
        });
        assertThat(Judgement.read(only()).checks())
                .filteredOn(check -> check.id().equals("K5"))
                .extracting(Check::found)
                .containsExactly(0);
    }
}
