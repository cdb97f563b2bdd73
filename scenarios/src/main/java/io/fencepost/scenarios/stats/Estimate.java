package io.fencepost.scenarios.stats;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What a few rounds tell of a figure: the median of the rounds, and the 95 percent bootstrap interval of that median.
 *
 * <p>With five rounds or fewer the interval reaches from the least round to the greatest, for a median of five resampled ones is the least of them more often than
 * once in forty. Such a range misses the true median with probability 2 · 2<sup>−n</sup>: with five rounds the 95 percent are 93.75.
 *
 * @param value the median
 * @param interval where it lies; empty with a single round, which says nothing of its own spread
 * @param n the rounds, at least 1
 */
public record Estimate(double value, Optional<Interval> interval, int n) {
    /** How many resamples stand behind an interval. */
    public static final int RESAMPLES = 10_000;

    /** The same for all estimates: what is computed again from kept files comes out the same. */
    private static final long SEED = 1;

    public Estimate {
        Objects.requireNonNull(interval, "interval");
        if (n < 1) {
            throw new IllegalArgumentException("an estimate needs a round");
        }
    }

    /**
     * The median of {@code rounds} and its interval.
     *
     * @param rounds one figure a round, at least one
     */
    public static Estimate ofRounds(List<Double> rounds) {
        return new Estimate(
                Interval.median(rounds),
                rounds.size() == 1
                        ? Optional.empty()
                        : Optional.of(
                                Bootstrap.interval(rounds, Interval::median, RESAMPLES, new SplittableRandom(SEED))),
                rounds.size());
    }
}
