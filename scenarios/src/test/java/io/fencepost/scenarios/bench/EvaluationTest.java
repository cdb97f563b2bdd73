package io.fencepost.scenarios.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fencepost.scenarios.stats.Interval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private MadeUpBench bench;

    @BeforeEach
    void begin() throws IOException {
        bench = new MadeUpBench(folder);
    }

    private Goal.Outcome outcome(String goal) throws IOException {
        return Evaluation.of(folder).outcomes().stream()
                .filter(outcome -> outcome.goal().id().equals(goal))
                .findFirst()
                .orElseThrow();
    }

    private static double value(Goal.Outcome outcome) {
        return outcome.estimate().orElseThrow().value();
    }

    private List<String> rows(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file));
    }

    @Test
    void aRatioIsTakenRoundByRoundWhateverTheMachineDid() throws IOException {
        double[] weather = {1, 7, 1, 3, 1};
        double[] ratios = {1.02, 1.04, 1.03, 1.01, 1.02};
        for (int round = 1; round <= 5; round++) {
            bench.timed("Uncontended.acquire", "cassandra-raw", round, 1_000 * weather[round - 1]);
            bench.timed("Uncontended.acquire", "cassandra", round, 1_000 * weather[round - 1] * ratios[round - 1]);
        }

        Goal.Outcome reached = outcome("cassandra-acquire");

        assertThat(value(reached)).isEqualTo(1.02, within(1e-6));
        Interval interval = reached.estimate().orElseThrow().interval().orElseThrow();
        assertThat(interval.low()).isEqualTo(1.01, within(1e-6));
        assertThat(interval.high()).isEqualTo(1.04, within(1e-6));
        assertThat(reached.estimate().orElseThrow().n()).isEqualTo(5);
        assertThat(reached.met()).isEqualTo(Met.YES);
    }

    @Test
    void aLimitWithinTheIntervalIsInsideTheNoiseAndOneBelowItAMiss() throws IOException {
        for (int round = 1; round <= 5; round++) {
            bench.timed("Uncontended.acquire", "cassandra-raw", round, 1_000);
            bench.timed("Uncontended.acquire", "cassandra", round, 1_000 + 20 * round);
            bench.timed("Uncontended.cycle", "cassandra-raw", round, 2_000);
            bench.timed("Uncontended.cycle", "cassandra", round, 2_000 + 200 * round);
        }

        assertThat(outcome("cassandra-acquire").met()).isEqualTo(Met.INSIDE_THE_NOISE);
        assertThat(outcome("cassandra-cycle").met()).isEqualTo(Met.NO);
    }

    /** 300 grants a second, and a raw cycle of mean 5 ms, of which one thread makes 200 a second. */
    @Test
    void throughputIsHeldAgainstRawCallsInSequence() throws IOException {
        for (int round = 1; round <= 2; round++) {
            bench.contended("cassandra", round, 1, 64, 3_000, 250_000, Map.of());
            bench.timed("Uncontended.cycle", "cassandra-raw", round, 5_000 / 1.1);
        }

        assertThat(value(outcome("cassandra-1x64-throughput"))).isEqualTo(1.5, within(1e-6));
        assertThat(value(outcome("cassandra-1x64-wait"))).isEqualTo(250_000.0 / (64 * 1e6 / 300), within(1e-6));
        assertThat(outcome("cassandra-4x16-throughput").reason())
                .isEqualTo("Contended.cycle 4x64 of cassandra was not run");
    }

    @Test
    void theBestIntervalOfAPollingPeerIsWhatCounts() throws IOException {
        for (int round = 1; round <= 3; round++) {
            bench.contended("cassandra", round, 1, 64, 3_000, 250_000, Map.of());
            bench.contended("shedlock-cassandra", round, 1, 64, 100, 9e6, Map.of("pollMillis", "100"));
            bench.contended("shedlock-cassandra", round, 1, 64, 250, 9e6, Map.of("pollMillis", "20"));
            bench.contended("shedlock-cassandra", round, 1, 64, 50, 9e6, Map.of("pollMillis", "5"));
        }

        Goal.Outcome reached = outcome("cassandra-1x64-shedlock");

        assertThat(value(reached)).isEqualTo(12, within(1e-9));
        assertThat(reached.met()).isEqualTo(Met.YES);
    }

    @Test
    void oneUnknownOutcomeIsACasTimeout() throws IOException {
        bench.contended("cassandra", 1, 4, 64, 3_000, 250_000, Map.of());
        assertThat(outcome("cassandra-4x16-timeouts").met()).isEqualTo(Met.YES);

        Path extra = folder.resolve("jmh/cassandra/round-01/000-cassandra.extra.json");
        Files.writeString(extra, Files.readString(extra).replace("\"unknown\" : 0", "\"unknown\" : 1"));
        assertThat(value(outcome("cassandra-4x16-timeouts"))).isEqualTo(1);
        assertThat(outcome("cassandra-4x16-timeouts").met()).isEqualTo(Met.NO);
    }

    @Test
    void aStoppedNodeIsFeltOnlyIfTheWholeIntervalIsAboveOne() throws IOException {
        for (int round = 1; round <= 5; round++) {
            bench.timed("Uncontended.acquire", "redlock", round, 500);
            bench.timed("Uncontended.acquire", "redlock", round, 460 + 20 * round, 1, Map.of());
        }
        assertThat(outcome("redlock-node-stopped").met()).isEqualTo(Met.YES);

        for (int round = 1; round <= 5; round++) {
            bench.timed("Uncontended.acquire", "redlock", round, 600 + 20 * round, 1, Map.of());
        }
        assertThat(outcome("redlock-node-stopped").met()).isEqualTo(Met.NO);
    }

    @Test
    void aRunForOptimisationsTellsThoseAndNoGoals() throws IOException {
        bench.environment("experiments", "");
        for (int round = 1; round <= 3; round++) {
            bench.contended("redlock", round, 1, 32, 3_000, 250_000, Map.of());
            bench.contended("redlock-no-handoff", round, 1, 32, 1_000, 250_000, Map.of());
        }
        Evaluation evaluation = Evaluation.of(folder);

        assertThat(evaluation.failures()).isEmpty();
        assertThat(evaluation.markdown())
                .contains(
                        "| cohort handoff | redlock | redlock-no-handoff | Contended.cycle 1x32, throughput (more is better) | 3 | 3 to 3 | 3 |")
                .doesNotContain("NOT MEASURED");
    }

    @Test
    void oneForkHasNoIntervalAndNoNoise() throws IOException {
        bench.timed("Uncontended.cycle", "redlock", 1, 300);
        bench.timed("Uncontended.cycle", "redisson-redlock", 1, 1_000);
        bench.timed("Uncontended.acquire", "redlock", 1, 500);
        bench.timed("Uncontended.acquire", "redlock", 1, 500, 1, Map.of());

        Goal.Outcome reached = outcome("redlock-cycle");

        assertThat(value(reached)).isEqualTo(0.3, within(1e-9));
        assertThat(reached.estimate().orElseThrow().interval()).isEmpty();
        assertThat(reached.met()).isEqualTo(Met.NO);
        assertThat(outcome("redlock-node-stopped").met()).isEqualTo(Met.NOT_MEASURED);
        assertThat(outcome("redlock-node-stopped").reason()).startsWith("one round shows no noise");
    }

    @Test
    void memoryIsMeasuredInMicrosecondsAndBytes() throws IOException {
        for (int round = 1; round <= 3; round++) {
            bench.memory(round, 700 + round, 616);
        }

        assertThat(value(outcome("memory-time"))).isEqualTo(0.702, within(1e-9));
        assertThat(outcome("memory-time").met()).isEqualTo(Met.YES);
        assertThat(value(outcome("memory-bytes"))).isEqualTo(616);
        assertThat(outcome("memory-bytes").met()).isEqualTo(Met.NO);
    }

    @Test
    void fairnessComesFromTheGrantsOfEachThread() throws IOException {
        bench.contended("zookeeper-fair", 1, 4, 32, 3_200, 50_000, Map.of());

        assertThat(value(outcome("zookeeper-fair-jain"))).isEqualTo(1, within(1e-9));
    }

    /** One late takeover is a miss, however early the others were. */
    @Test
    void theLongestTakeoverCounts() throws IOException {
        bench.takeovers("redlock", 2_500, 1_900, 2_700, 5);
        bench.takeovers("cassandra", 2_500, 1_900, 2_800, 5);
        bench.takeovers("zookeeper", 2_500, 1_900, 2_700, 4);
        bench.memory(1, 700, 500);

        assertThat(value(outcome("redlock-takeover"))).isEqualTo(1.08, within(1e-9));
        assertThat(outcome("redlock-takeover").met()).isEqualTo(Met.YES);
        assertThat(outcome("cassandra-takeover").met()).isEqualTo(Met.NO);
        assertThat(Evaluation.of(folder).failures()).noneMatch(failure -> failure.contains("redlock-takeover"));
    }

    @Test
    void whatFailedIsToldWithItsReasonAndTheRestIsMeasured() throws IOException {
        bench.withoutResult("Uncontended.acquire", "cassandra-raw", 1, "error", "the server went away");
        bench.withoutResult("Renewal.renew", "curator-mutex", 1, "notRun", "it cannot renew");
        bench.timed("Uncontended.acquire", "cassandra", 1, 1_000);
        bench.timed("Uncontended.acquire", "redlock", 1, 500);
        bench.timed("Uncontended.acquire", "redis-raw-quorum", 1, 490);

        Evaluation evaluation = Evaluation.of(folder);

        assertThat(outcome("cassandra-acquire").reason())
                .isEqualTo("Uncontended.acquire 1x1 of cassandra-raw: the server went away");
        assertThat(outcome("redlock-acquire").met()).isEqualTo(Met.YES);
        assertThat(evaluation.failures())
                .contains(
                        "round 1, Uncontended.acquire 1x1 of cassandra-raw: the server went away",
                        "cassandra-takeover: no takeover of cassandra was measured")
                .noneMatch(failure -> failure.contains("it cannot renew"))
                .noneMatch(failure -> failure.startsWith("zookeeper"));
        assertThat(outcome("zookeeper-acquire").reason()).isEqualTo("zookeeper was not asked for");
        assertThat(evaluation.markdown())
                .contains(
                        "Uncontended.acquire 1x1 of cassandra-raw: FAILED: the server went away",
                        "Renewal.renew 1x1 of curator-mutex: NOT RUN: it cannot renew",
                        "**NOT MEASURED**: no takeover of cassandra was measured");
    }

    @Test
    void aRunThatWasNotMadeForTheGoalsDoesNotMissThem() throws IOException {
        bench.timed("Uncontended.acquire", "cassandra", 1, 1_000);
        assertThat(Evaluation.of(folder).failures()).isNotEmpty();

        bench.environment("goals", "Uncontended");
        assertThat(Evaluation.of(folder).failures()).isEmpty();
        bench.environment("quick", "");
        assertThat(Evaluation.of(folder).failures()).isEmpty();
    }

    @Test
    void aForkWithoutAResultOfJmhIsAFailure() throws IOException {
        bench.timed("Uncontended.acquire", "cassandra", 1, 1_000);
        Files.delete(folder.resolve("jmh/cassandra/round-01/000-cassandra.json"));

        assertThat(Evaluation.of(folder).failures())
                .contains("round 1, Uncontended.acquire 1x1 of cassandra: JMH left no result");
    }

    @Test
    void tokensOutOfOrderAreCounted() throws IOException {
        bench.tokenViolation("cassandra", 1);
        bench.tokenViolation("cassandra", 2);
        bench.tokenViolation("curator-mutex", 1);

        assertThat(Evaluation.of(folder).violations()).isEqualTo(6);
    }

    @Test
    void theFilesHoldEveryFigurePairAndGoal() throws Exception {
        for (int round = 1; round <= 5; round++) {
            bench.timed("Uncontended.cycle", "redlock", round, 210 + round);
            bench.timed("Uncontended.cycle", "redisson-redlock", round, 1_000);
            bench.contended("redlock", round, 1, 32, 5_000, 1_000, Map.of());
            bench.contended("redlock-no-handoff", round, 1, 32, 1_000, 1_000, Map.of());
        }
        bench.takeovers("redlock", 2_500, 1_900, 2_700, 5);

        Evaluation.of(folder).write();

        assertThat(rows("bench.csv"))
                .startsWith("run,provider,scenario,metric,unit,value,low,high,n")
                .contains(
                        "made-up,redlock,Uncontended.cycle 1x1,p50,us,213,211,215,5",
                        "made-up,redlock,Contended.cycle 1x32,throughput,locks/s,500,500,500,5",
                        "made-up,redlock,Contended.cycle 1x32,unknown,count,0,,,5");
        assertThat(rows("pairs.csv"))
                .containsExactly(
                        "run,scenario,optimisation,a,b,metric,ratio,low,high,effect,p,p_holm,p_least,forks",
                        "made-up,Contended.cycle 1x32,cohort handoff,redlock,redlock-no-handoff,throughput,5,5,5,1,0.0625,0.125,0.0625,5",
                        "made-up,Uncontended.cycle 1x1,,redlock,redisson-redlock,p50,0.213,0.211,0.215,-1,0.0625,0.125,0.0625,5");
        assertThat(rows("goals.csv"))
                .hasSize(1 + Goals.ALL.size())
                .anySatisfy(row -> assertThat(row)
                        .startsWith("made-up,redlock-cycle,redlock,")
                        .endsWith(",<=,0.25,ratio,0.213,0.211,0.215,yes,5,"));
        assertThat(Files.readString(folder.resolve("goals.md")))
                .contains(
                        "| ≤ 0.25 | 0.213 | 0.211 to 0.215 | yes | 5 |",
                        "holds the true median with 93.75 percent",
                        "5 rounds that all agree come to p = 0.0625",
                        "what redlock promises & <leaves out>");
        var page = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("goals.html").toFile());
        assertThat(page.getElementsByTagName("circle").getLength()).isEqualTo(2);
        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        assertThat(page.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo("Goals of made-up");

        String first = Files.readString(folder.resolve("pairs.csv"));
        Evaluation.of(folder).write();
        assertThat(folder.resolve("pairs.csv")).hasContent(first);
    }

    @Test
    void everyGoalHasItsOwnNameAndAUnitThatResultsKnow() {
        assertThat(Goals.ALL).extracting(Goal::id).doesNotHaveDuplicates().hasSize(20);
        assertThat(Goals.ALL).extracting(Goal::unit).containsOnly("ratio", "count", "1", "us", "B", "ttl");
    }

    @Test
    void otherFoldersAreRefusedByName() throws IOException {
        assertThatThrownBy(() -> Evaluation.of(folder))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + " holds neither forks nor takeovers: nothing was measured");
        Path extra =
                Files.createDirectories(folder.resolve("jmh/redis/round-01")).resolve("x.extra.json");
        Files.writeString(extra, "{\"configuration\":{\"backend\":\"redis\"},\"round\":1}");
        assertThatThrownBy(() -> Evaluation.of(folder)).hasMessage(extra + ": configuration.benchmark is missing");
        Files.writeString(extra, "{");
        assertThatThrownBy(() -> Evaluation.of(folder)).hasMessageStartingWith(extra + ": ");
        Files.delete(folder.resolve("environment.json"));
        assertThatThrownBy(() -> Evaluation.of(folder)).hasMessageContaining("environment.json is not there");
    }

    @Test
    void aMissNeverReadsLikeAHit() {
        assertThat(Digits.beside(1.05, 1.0500001)).isEqualTo("1.0500001");
        assertThat(Digits.beside(1.05, 1.05)).isEqualTo("1.05");
        assertThat(Digits.beside(600, 1234.4)).isEqualTo("1234");
        assertThat(Digits.of(0.00012345)).isEqualTo("0.000123");
        assertThat(Digits.of(0)).isEqualTo("0");
    }
}
