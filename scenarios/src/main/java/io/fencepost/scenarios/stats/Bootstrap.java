package io.fencepost.scenarios.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Intervals by resampling: draws as many blocks as there are, with replacement, computes the figure from them, and does so many times; the interval spans the
 * middle 95 percent of what came out. It assumes nothing of the distribution. Whole blocks are drawn, since calls that follow each other are not
 * independent.
 *
 * @see <a href="https://doi.org/10.1214/aos/1176344552">B. Efron, Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7 (1), 1979</a>, the
 *     percentile method
 */
public final class Bootstrap {
    private static final int RESAMPLES = 1_000;
    private static final double TAIL = 0.025;

    private Bootstrap() {}

    /**
     * The 95 percent interval of {@code figure} over {@code blocks}.
     *
     * @param blocks at least one; with few of them the interval is too narrow
     * @param random decides which blocks are drawn: the same seed gives the same interval
     */
    public static <B> Interval interval(List<B> blocks, Function<List<B>, Double> figure, RandomGenerator random) {
        return interval(blocks, figure, RESAMPLES, random);
    }

    /**
     * As {@link #interval(List, Function, RandomGenerator)}, with a number of resamples of one's own.
     *
     * @param resamples at least 1,000, below which the ends of the interval are themselves a matter of chance
     */
    public static <B> Interval interval(
            List<B> blocks, Function<List<B>, Double> figure, int resamples, RandomGenerator random) {
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("no blocks to draw from");
        }
        if (resamples < RESAMPLES) {
            throw new IllegalArgumentException("at least " + RESAMPLES + " resamples, not " + resamples);
        }
        double[] figures = new double[resamples];
        List<B> drawn = new ArrayList<>(blocks);
        for (int i = 0; i < resamples; i++) {
            drawn.replaceAll(unused -> blocks.get(random.nextInt(blocks.size())));
            figures[i] = figure.apply(drawn);
        }
        Arrays.sort(figures);
        int cut = (int) (resamples * TAIL);
        return new Interval(figures[cut], figures[resamples - 1 - cut]);
    }
}
