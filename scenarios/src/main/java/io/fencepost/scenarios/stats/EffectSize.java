package io.fencepost.scenarios.stats;

import java.util.List;
import org.apache.commons.statistics.inference.MannWhitneyUTest;

/** How far two samples lie apart, whatever their distributions and however many values there are. */
public final class EffectSize {
    private EffectSize() {}

    /**
     * Cliff's delta: the share of all pairs in which the value of {@code a} is the greater one, minus the share in which it is the smaller one. 1 if all of {@code a}
     * are above all of {@code b}, −1 if all are below, 0 if neither tends to be. By convention 0.147, 0.33 and 0.474 begin a small, a medium and a large effect.
     *
     * @param a at least one value
     * @param b at least one value
     * @see <a href="https://doi.org/10.1037/0033-2909.114.3.494">N. Cliff, Dominance Statistics, Psychological Bulletin 114 (3), 1993</a>
     */
    public static double cliffsDelta(List<Double> a, List<Double> b) {
        return 2 * varghaDelaney(a, b) - 1;
    }

    /**
     * Vargha and Delaney's A12: the probability that a value of {@code a} is greater than one of {@code b}, with ties counted half. It is the Mann–Whitney U of
     * {@code a} over the number of pairs.
     *
     * @param a at least one value
     * @param b at least one value
     * @see <a href="https://doi.org/10.3102/10769986025002101">A. Vargha, H. Delaney, A Critique and Improvement of the CL Common Language Effect Size Statistics,
     *     Journal of Educational and Behavioral Statistics 25 (2), 2000</a>
     */
    public static double varghaDelaney(List<Double> a, List<Double> b) {
        double u = MannWhitneyUTest.withDefaults().statistic(array(a), array(b));
        return u / ((double) a.size() * b.size());
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
