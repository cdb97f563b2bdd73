package io.fencepost.jmh.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On {@code memory:}, which needs no servers, with real forks. */
class BenchRunTest {
    private static final Timing SHORT = new Timing(0, Duration.ofMillis(100), 1, Duration.ofMillis(200));

    private static JsonNode read(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    @Test
    void keepsTheResultOfJmhAndWhatItCannotCarry(@TempDir Path out) throws Exception {
        Plan plan = new Plan(
                "test",
                1,
                List.of(
                        Configuration.of(BenchmarkId.CONTENDED_CYCLE, "memory", 2, 4),
                        Configuration.of(BenchmarkId.RENEWAL, "reentrant-lock", 1, 1),
                        Configuration.of(BenchmarkId.UNCONTENDED_CYCLE, "reentrant-lock", 2, 1),
                        Configuration.of(BenchmarkId.MEMORY_CYCLE, "memory", 1, 1)),
                SHORT,
                SHORT);
        List<String> told = new ArrayList<>();

        BenchRun.Result result = new BenchRun(plan, out, told::add).run();

        assertThat(result.measured()).as("%s", told).isEqualTo(2);
        Path folder = out.resolve("jmh/memory/round-01");
        JsonNode contended = read(folder.resolve("001-Contended.cycle-memory-2x4.json"));
        assertThat(contended.get(0).get("benchmark").asText()).isEqualTo("io.fencepost.jmh.Contended.cycle");
        assertThat(contended.get(0).get("primaryMetric").get("score").asDouble())
                .isPositive();
        assertThat(contended.get(0).get("secondaryMetrics").has("acquired")).isTrue();

        JsonNode extra = read(folder.resolve("001-Contended.cycle-memory-2x4.extra.json"));
        assertThat(extra.get("configuration").get("clients").asInt()).isEqualTo(2);
        assertThat(extra.get("grantsPerThread")).hasSize(4);
        assertThat(extra.get("acquired").asLong()).isPositive();
        assertThat(extra.get("waitMicros").get("p99").asDouble()).isPositive();
        assertThat(extra.get("tokenViolations").asLong()).isZero();
        assertThat(extra.get("overlaps").asLong()).isZero();
        assertThat(extra.get("seconds").asDouble()).isBetween(0.1, 60.0);

        assertThat(result.notRun())
                .containsExactly("Renewal.renew reentrant-lock 1x1: reentrant-lock: it cannot renew");
        assertThat(read(folder.resolve("002-Renewal.renew-reentrant-lock-1x1.extra.json"))
                        .get("notRun")
                        .asText())
                .isEqualTo("reentrant-lock: it cannot renew");

        assertThat(result.failures()).singleElement().asString().contains("a ReentrantLock has no clients");
        assertThat(read(folder.resolve("003-Uncontended.cycle-reentrant-lock-2x1.extra.json"))
                        .get("error")
                        .asText())
                .contains("a ReentrantLock has no clients");
        assertThat(folder.resolve("003-Uncontended.cycle-reentrant-lock-2x1.json"))
                .doesNotExist();

        JsonNode memory = read(folder.resolve("004-MemoryCycle.cycle-memory-1x1.json"));
        assertThat(memory.get(0)
                        .get("secondaryMetrics")
                        .get("gc.alloc.rate.norm")
                        .get("score")
                        .asDouble())
                .isPositive();
        assertThat(folder.toFile().list()).noneMatch(name -> name.endsWith(".seen") || name.endsWith(".connected"));
        assertThat(told).anyMatch(line -> line.startsWith("[3/3] memory round 1:"));
    }
}
