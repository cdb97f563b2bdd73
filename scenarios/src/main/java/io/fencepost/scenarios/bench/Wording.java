package io.fencepost.scenarios.bench;

import io.fencepost.scenarios.output.MeasurementFile;
import io.fencepost.scenarios.stats.Estimate;
import io.fencepost.scenarios.stats.Interval;
import io.fencepost.scenarios.stats.Significance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** What Markdown and page say in the same words. */
final class Wording {
    private static final double LEVEL = 0.05;
    private static final String NOT_MEASURED = "–";

    private final RunFacts facts;
    private final Forks forks;
    private final List<Pair> pairs;
    private final List<Goal.Outcome> outcomes;

    Wording(RunFacts facts, Forks forks, List<Pair> pairs, List<Goal.Outcome> outcomes) {
        this.facts = facts;
        this.forks = forks;
        this.pairs = pairs;
        this.outcomes = outcomes;
    }

    /** What the run is about. */
    String title() {
        return (outcomes.isEmpty() ? "Benchmarks of " : "Goals of ") + facts.run();
    }

    /** How many goals came to what. */
    String summary() {
        if (outcomes.isEmpty()) {
            return "The run was made for none of the goals.";
        }
        return outcomes.size() + " goals: "
                + Arrays.stream(Met.values()).map(this::counted).collect(Collectors.joining(", ")) + ".";
    }

    private String counted(Met met) {
        long count = outcomes.stream().filter(outcome -> outcome.met() == met).count();
        return count + " "
                + switch (met) {
                    case YES -> "met";
                    case NO -> "NOT MET";
                    case INSIDE_THE_NOISE -> "inside the noise";
                    case NOT_MEASURED -> "NOT MEASURED";
                };
    }

    static String title(Goal goal) {
        return goal.provider() + ", " + goal.title();
    }

    static String limit(Goal goal) {
        return goal.sense().sign() + " " + Digits.of(goal.limit()) + unit(goal);
    }

    static String reached(Goal.Outcome outcome) {
        return outcome.estimate()
                .map(estimate -> Digits.beside(outcome.goal().limit(), estimate.value()) + unit(outcome.goal()))
                .orElse(NOT_MEASURED);
    }

    static String interval(Goal.Outcome outcome) {
        return outcome.estimate()
                .flatMap(Estimate::interval)
                .map(interval -> Digits.beside(outcome.goal().limit(), interval.low()) + " to "
                        + Digits.beside(outcome.goal().limit(), interval.high()))
                .orElse(NOT_MEASURED);
    }

    static String forks(Goal.Outcome outcome) {
        return outcome.estimate()
                .map(estimate -> Integer.toString(estimate.n()))
                .orElse("0");
    }

    /** A verdict that stands on a single round says so. */
    static String met(Goal.Outcome outcome) {
        boolean single =
                outcome.estimate().filter(estimate -> estimate.n() == 1).isPresent();
        return outcome.met().words() + (single ? " (one round)" : "");
    }

    private static String unit(Goal goal) {
        return switch (goal.unit()) {
            case "us" -> " µs";
            case "B" -> " bytes";
            case "ttl" -> " ttl";
            default -> "";
        };
    }

    /** What the figures are, and what so few forks cannot show. */
    List<String> reading() {
        List<String> sentences = new ArrayList<>();
        sentences.add(
                "Reached is the median over rounds. A ratio is taken in each round, between forks that are neighbours in"
                        + " time; its interval is the 95 percent bootstrap interval of the median over the rounds. Met is what"
                        + " the whole interval says; where the limit lies within it, so many forks cannot tell. One round has no"
                        + " interval, and its value alone decides.");
        int rounds = forks.series().stream()
                .mapToInt(series -> forks.rounds(series, forks.primary(series)).size())
                .max()
                .orElse(0);
        if (rounds > 1) {
            sentences.add("With " + rounds + " rounds the interval "
                    + (rounds <= 5
                            ? "reaches from the least to the greatest, and holds the true median with "
                                    + MeasurementFile.number(100 * (1 - Significance.leastP(rounds))) + " percent"
                            : "is narrower than their range")
                    + ".");
        }
        if (rounds > 0 && !pairs.isEmpty()) {
            sentences.add("pairs.csv tells the p of Wilcoxon's signed-rank test. " + rounds
                    + " rounds that all agree come to p = " + MeasurementFile.number(Significance.leastP(rounds))
                    + ", and no difference, however large, comes below that. For one of the " + pairs.size()
                    + " pairs to be below " + LEVEL + " after Holm's correction it takes "
                    + Significance.roundsFor(LEVEL, pairs.size())
                    + " rounds. Until then the ratio, its interval and the effect size tell, and p says nothing.");
        }
        return sentences;
    }

    /** One line for each optimisation: its name, with and without it, the figure, the ratio of the two, its interval, rounds. */
    List<List<String>> optimisations() {
        return pairs.stream()
                .filter(pair -> !pair.optimisation().isEmpty())
                .map(pair -> {
                    Estimate ratio = pair.rounds().ratio();
                    return List.of(
                            pair.optimisation(),
                            pair.a(),
                            pair.b(),
                            pair.scenario() + ", " + pair.metric().id()
                                    + (pair.metric() == Metric.THROUGHPUT ? " (more is better)" : " (less is better)"),
                            Digits.of(ratio.value()),
                            ratio.interval()
                                    .map(interval -> Digits.of(interval.low()) + " to " + Digits.of(interval.high()))
                                    .orElse(NOT_MEASURED),
                            Integer.toString(ratio.n()));
                })
                .toList();
    }

    /** The head of {@link #optimisations}. */
    static List<String> optimisationsHead() {
        return List.of("optimisation", "with", "without", "figure", "with ÷ without", "interval", "rounds");
    }

    /** One line for each contestant that was measured: its name and role, its guarantee, its speeds. */
    List<List<String>> contestants() {
        List<List<String>> rows = new ArrayList<>();
        forks.series().stream().map(Series::contestant).distinct().forEach(id -> {
            Optional<Contestant> contestant =
                    Optional.ofNullable(facts.contestants().get(id));
            rows.add(List.of(
                    id,
                    contestant
                            .map(known -> known.role() + ", " + known.version())
                            .orElse("unknown"),
                    contestant.map(Contestant::guarantee).orElse("unknown"),
                    speeds(id)));
        });
        return rows;
    }

    private String speeds(String contestant) {
        return forks.series().stream()
                .filter(series -> series.contestant().equals(contestant))
                .flatMap(series -> speed(series).stream())
                .collect(Collectors.joining("; "));
    }

    private Optional<String> speed(Series series) {
        Metric metric = forks.primary(series);
        SortedMap<Integer, Double> rounds = forks.rounds(series, metric);
        if (rounds.isEmpty()) {
            return Optional.empty();
        }
        String own = series.contestantAsSet().substring(series.contestant().length());
        return Optional.of(series.scenario() + own + ": " + Digits.of(Interval.median(rounds.values())) + " "
                + (metric == Metric.THROUGHPUT ? metric.unit() : "µs"));
    }

    /** What has no figure, once for each reason. */
    List<String> missing() {
        return forks.missing().stream()
                .map(fork -> fork.series() + (fork.failed() ? ": FAILED: " : ": NOT RUN: ") + fork.missing())
                .distinct()
                .toList();
    }
}
