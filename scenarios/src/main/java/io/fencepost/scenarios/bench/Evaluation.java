package io.fencepost.scenarios.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.output.MeasurementFile;
import io.fencepost.scenarios.stats.Estimate;
import io.fencepost.scenarios.stats.Interval;
import io.fencepost.scenarios.stats.Significance;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * What a run of benchmarks comes to: {@code bench.csv}, {@code pairs.csv}, {@code goals.csv}, {@code goals.md} and {@code goals.html} of its folder, from the forks that
 * are kept there. Doing it again gives the same files, for intervals are resampled with a fixed seed.
 */
public final class Evaluation {
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

    private final Path folder;
    private final RunFacts facts;
    private final Forks forks;
    private final List<Pair> pairs;
    private final List<Goal.Outcome> outcomes;

    private Evaluation(Path folder, RunFacts facts, Forks forks, Evidence evidence) {
        this.folder = folder;
        this.facts = facts;
        this.forks = forks;
        this.pairs = Pairs.of(forks, facts.contestants());
        this.outcomes = Goals.ALL.stream().map(goal -> judge(goal, evidence)).toList();
    }

    /**
     * Reads a run.
     *
     * @param folder of the run
     * @throws IOException if it is none, or a file of it cannot be read, with the reason
     */
    public static Evaluation of(Path folder) throws IOException {
        RunFacts facts = RunFacts.read(folder);
        Forks forks = new ForkReader().read(folder);
        Map<String, Takeover> takeovers = TakeoverReader.read(folder);
        if (forks.series().isEmpty() && takeovers.isEmpty()) {
            throw new IOException(folder + " holds neither forks nor takeovers: nothing was measured");
        }
        return new Evaluation(folder, facts, forks, new Evidence(forks, takeovers));
    }

    private Goal.Outcome judge(Goal goal, Evidence evidence) {
        Goal.Outcome outcome = goal.judge(evidence);
        return outcome.met() == Met.NOT_MEASURED && !facts.backends().contains(goal.backend())
                ? new Goal.Outcome(goal, Optional.empty(), Met.NOT_MEASURED, goal.backend() + " was not asked for")
                : outcome;
    }

    /** What became of each goal. */
    public List<Goal.Outcome> outcomes() {
        return outcomes;
    }

    /** Those that the run was made for, or that have a figure all the same. */
    private List<Goal.Outcome> told() {
        return outcomes.stream()
                .filter(outcome -> facts.goals() || outcome.met() != Met.NOT_MEASURED)
                .toList();
    }

    /** What should have been measured and was not: forks that failed, and, if the run was made for them, goals. */
    public List<String> failures() {
        List<String> failures = new ArrayList<>();
        forks.missing().stream()
                .filter(Fork::failed)
                .map(fork -> "round " + fork.round() + ", " + fork.series() + ": " + fork.missing())
                .forEach(failures::add);
        outcomes.stream()
                .filter(outcome -> facts.goals()
                        && outcome.met() == Met.NOT_MEASURED
                        && facts.backends().contains(outcome.goal().backend()))
                .map(outcome -> outcome.goal().id() + ": " + outcome.reason())
                .forEach(failures::add);
        return failures;
    }

    /** How many grants of our providers broke exclusion or the order of tokens. */
    public long violations() {
        return forks.violations(
                series -> Optional.ofNullable(facts.contestants().get(series.contestant()))
                        .map(Contestant::role)
                        .filter(Contestant.OURS::equals)
                        .isPresent());
    }

    /** The goals as a table, and what stands behind it. */
    public String markdown() {
        return new GoalsMarkdown(facts, forks, pairs, told()).text();
    }

    /** Writes all five files, over those of an evaluation before. */
    public void write() throws IOException {
        writeBench();
        writePairs();
        writeGoals();
        Files.writeString(folder.resolve("goals.md"), markdown());
        Files.writeString(folder.resolve("goals.html"), new GoalsPage(facts, forks, pairs, told()).text());
    }

    private void writeBench() throws IOException {
        Path file = folder.resolve("bench.csv");
        Files.deleteIfExists(file);
        List<Measurement> rows = new ArrayList<>();
        for (Series series : forks.series()) {
            for (Metric metric : Metric.values()) {
                SortedMap<Integer, Double> rounds = forks.rounds(series, metric);
                if (!rounds.isEmpty()) {
                    rows.add(row(series, metric, rounds));
                }
            }
        }
        new MeasurementFile(file, facts.run()).append(rows);
    }

    private static Measurement row(Series series, Metric metric, SortedMap<Integer, Double> rounds) {
        Estimate estimate = metric.isCount()
                ? new Estimate(total(rounds), Optional.empty(), rounds.size())
                : Estimate.ofRounds(List.copyOf(rounds.values()));
        return new Measurement(
                series.contestantAsSet(),
                series.scenario(),
                metric.id(),
                metric.unit(),
                estimate.value(),
                estimate.interval(),
                estimate.n());
    }

    private static double total(SortedMap<Integer, Double> rounds) {
        return rounds.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private void writePairs() throws IOException {
        List<Double> corrected =
                Significance.holm(pairs.stream().map(pair -> pair.rounds().p()).toList());
        try (CSVPrinter printer = printer("pairs.csv")) {
            printer.printRecord(
                    "run",
                    "scenario",
                    "optimisation",
                    "a",
                    "b",
                    "metric",
                    "ratio",
                    "low",
                    "high",
                    "effect",
                    "p",
                    "p_holm",
                    "p_least",
                    "forks");
            for (int i = 0; i < pairs.size(); i++) {
                Pair pair = pairs.get(i);
                Estimate ratio = pair.rounds().ratio();
                printer.printRecord(
                        facts.run(),
                        pair.scenario(),
                        pair.optimisation(),
                        pair.a(),
                        pair.b(),
                        pair.metric().id(),
                        MeasurementFile.number(ratio.value()),
                        end(ratio, Interval::low),
                        end(ratio, Interval::high),
                        MeasurementFile.number(pair.rounds().effect()),
                        MeasurementFile.number(pair.rounds().p()),
                        MeasurementFile.number(corrected.get(i)),
                        MeasurementFile.number(Significance.leastP(ratio.n())),
                        ratio.n());
            }
        }
    }

    private void writeGoals() throws IOException {
        try (CSVPrinter printer = printer("goals.csv")) {
            printer.printRecord(
                    "run",
                    "goal",
                    "provider",
                    "title",
                    "definition",
                    "sense",
                    "limit",
                    "unit",
                    "value",
                    "low",
                    "high",
                    "met",
                    "forks",
                    "reason");
            for (Goal.Outcome outcome : outcomes) {
                Goal goal = outcome.goal();
                printer.printRecord(
                        facts.run(),
                        goal.id(),
                        goal.provider(),
                        goal.title(),
                        goal.definition(),
                        goal.sense().ascii(),
                        MeasurementFile.number(goal.limit()),
                        goal.unit(),
                        outcome.estimate()
                                .map(estimate -> MeasurementFile.number(estimate.value()))
                                .orElse(""),
                        outcome.estimate()
                                .map(estimate -> end(estimate, Interval::low))
                                .orElse(""),
                        outcome.estimate()
                                .map(estimate -> end(estimate, Interval::high))
                                .orElse(""),
                        outcome.met().words(),
                        outcome.estimate()
                                .map(estimate -> Integer.toString(estimate.n()))
                                .orElse("0"),
                        outcome.reason());
            }
        }
    }

    private static String end(Estimate estimate, java.util.function.ToDoubleFunction<Interval> end) {
        return estimate.interval()
                .map(interval -> MeasurementFile.number(end.applyAsDouble(interval)))
                .orElse("");
    }

    private CSVPrinter printer(String name) throws IOException {
        Writer writer = Files.newBufferedWriter(folder.resolve(name), UTF_8);
        return new CSVPrinter(writer, FORMAT);
    }
}
