package io.fencepost.scenarios.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Two contestants side by side, round by round. The forks of one round are neighbours in time, so that what slows the machine down slows both, and their ratio is what
 * stays. Rounds that only one of the two has are left out.
 *
 * @param a the figures of the first, one a round
 * @param b the figures of the second for the same rounds
 */
public record Paired(List<Double> a, List<Double> b) {
    public Paired {
        a = List.copyOf(a);
        b = List.copyOf(b);
        if (a.size() != b.size()) {
            throw new IllegalArgumentException(a.size() + " rounds against " + b.size());
        }
    }

    /**
     * The rounds that both have.
     *
     * @param a figure by round, positive
     * @param b figure by round, positive
     * @return empty if there is no such round
     */
    public static Optional<Paired> of(Map<Integer, Double> a, Map<Integer, Double> b) {
        SortedSet<Integer> common = new TreeSet<>(a.keySet());
        common.retainAll(b.keySet());
        List<Double> first = new ArrayList<>();
        List<Double> second = new ArrayList<>();
        for (int round : common) {
            first.add(a.get(round));
            second.add(b.get(round));
        }
        return common.isEmpty() ? Optional.empty() : Optional.of(new Paired(first, second));
    }

    /** The figure of the first over that of the second, one a round. */
    public List<Double> ratios() {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            ratios.add(a.get(i) / b.get(i));
        }
        return ratios;
    }

    /** The median of the ratios, with its interval over the rounds. */
    public Estimate ratio() {
        return Estimate.ofRounds(ratios());
    }

    /** Cliff's delta of the first against the second. */
    public double effect() {
        return EffectSize.cliffsDelta(a, b);
    }

    /** The p of Wilcoxon's signed-rank test that the ratio is 1. */
    public double p() {
        return Significance.ofRatios(ratios());
    }
}
