package io.fencepost.report;

import io.fencepost.report.ChaosRun.Figures;
import io.fencepost.report.ChaosRun.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What chaos came to: scenarios, done to each provider with one seed or several. */
record Chaos(List<ChaosRun> runs) {
    private static final Pattern NUMBERED = Pattern.compile("S(\\d{1,4})-.*");

    /** S2 before S10; those of others last. */
    private static final Comparator<String> SCENARIOS =
            Comparator.comparingInt(Chaos::number).thenComparing(Comparator.naturalOrder());

    Chaos {
        runs = List.copyOf(runs);
    }

    private static int number(String scenario) {
        Matcher matcher = NUMBERED.matcher(scenario);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : Integer.MAX_VALUE;
    }

    List<String> scenarios() {
        return runs.stream()
                .map(ChaosRun::scenario)
                .distinct()
                .sorted(SCENARIOS)
                .toList();
    }

    /** In the order of the columns. */
    List<String> providers() {
        return runs.stream()
                .map(ChaosRun::provider)
                .distinct()
                .sorted(ProviderOrder.USUAL)
                .toList();
    }

    List<ChaosRun> runs(String scenario, String provider) {
        return runs.stream()
                .filter(run -> run.scenario().equals(scenario) && run.provider().equals(provider))
                .toList();
    }

    static long count(List<ChaosRun> runs, Verdict verdict) {
        return runs.stream().filter(run -> run.verdict() == verdict).count();
    }

    static long sum(List<ChaosRun> runs, ToLongFunction<Figures> of) {
        return figures(runs).mapToLong(of).sum();
    }

    static Stream<Figures> figures(List<ChaosRun> runs) {
        return runs.stream().flatMap(run -> run.figures().stream());
    }

    /** One sentence for each run that was made and is not valid. */
    List<String> failures() {
        return runs.stream()
                .filter(ChaosRun::failed)
                .sorted(Comparator.comparing(ChaosRun::scenario, SCENARIOS)
                        .thenComparing(ChaosRun::provider, ProviderOrder.USUAL)
                        .thenComparingLong(ChaosRun::seed))
                .map(run -> run.provider() + ": " + run.scenario() + " with seed " + run.seed() + " is "
                        + run.verdict().word() + ": " + run.reason())
                .toList();
    }

    /** Whether harm was done to a provider of the comparison, by its scheme, in one of its ways to work. */
    boolean covers(String scheme) {
        return runs.stream().anyMatch(run -> ProviderOrder.isOf(run.provider(), scheme));
    }
}
