package io.fencepost.scenarios.stats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/**
 * Whether a ratio could be 1 and its rounds have come out as they did by chance.
 *
 * <p>Few rounds cannot answer that, whatever they show: of n rounds each of which may fall to either side, all fall to the same one with probability 2 ·
 * 2<sup>−n</sup>. With five rounds no p is below 0.0625, so that none reaches 0.05 even alone; see {@link #roundsFor}.
 */
public final class Significance {
    private Significance() {}

    /**
     * The two-sided p of Wilcoxon's signed-rank test that the ratios of paired rounds are spread evenly around 1, by their logarithms. Exact for fewer than 50 rounds
     * without ties.
     *
     * @param ratios one a round, positive, at least one
     * @return at least {@link #leastP} of as many rounds; 1 if all ratios are 1
     * @see <a href="https://doi.org/10.2307/3001968">F. Wilcoxon, Individual Comparisons by Ranking Methods, Biometrics Bulletin 1 (6), 1945</a>
     */
    public static double ofRatios(List<Double> ratios) {
        double[] logarithms = ratios.stream().mapToDouble(Math::log).toArray();
        if (ratios.stream().allMatch(ratio -> ratio == 1)) {
            return 1;
        }
        double p = WilcoxonSignedRankTest.withDefaults().test(logarithms).getPValue();
        // ties make the library approximate, and promise more than so few rounds can show
        return Math.max(p, leastP(ratios.size()));
    }

    /** The smallest two-sided p that {@code rounds} paired rounds can show: 2 · 2<sup>−n</sup>. */
    public static double leastP(int rounds) {
        if (rounds < 1) {
            throw new IllegalArgumentException("at least one round, not " + rounds);
        }
        return Math.scalb(1.0, 1 - rounds);
    }

    /** How many paired rounds it takes before one of {@code tests} tests can be below {@code level} after Holm's correction. */
    public static int roundsFor(double level, int tests) {
        int rounds = 1;
        while (leastP(rounds) * tests > level) {
            rounds++;
        }
        return rounds;
    }

    /**
     * Holm's correction: the p of each test so enlarged that the probability of even one false alarm among all of them stays below the level they are compared with.
     *
     * @param p of each test
     * @return in the same order, each between its p and 1
     * @see <a href="https://www.jstor.org/stable/4615733">S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6 (2),
     *     1979</a>
     */
    public static List<Double> holm(List<Double> p) {
        List<Integer> ascending = IntStream.range(0, p.size())
                .boxed()
                .sorted(Comparator.comparing(p::get))
                .toList();
        List<Double> corrected = new ArrayList<>(p);
        double least = 0;
        for (int rank = 0; rank < ascending.size(); rank++) {
            int test = ascending.get(rank);
            least = Math.max(least, Math.min(1, p.get(test) * (p.size() - rank)));
            corrected.set(test, least);
        }
        return corrected;
    }
}
