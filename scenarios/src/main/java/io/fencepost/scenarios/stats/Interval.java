package io.fencepost.scenarios.stats;

import java.util.Collection;
import java.util.List;

/**
 * Where a figure lies.
 *
 * @param low at most {@code high}
 * @param high at least {@code low}
 */
public record Interval(double low, double high) {
    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("low <= high must hold, not " + low + " and " + high);
        }
    }

    /**
     * From the least to the greatest of {@code values}.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Interval range(Collection<Double> values) {
        double low = values.stream().mapToDouble(Double::doubleValue).min().orElseThrow(Interval::none);
        double high = values.stream().mapToDouble(Double::doubleValue).max().orElseThrow(Interval::none);
        return new Interval(low, high);
    }

    /**
     * The middle of {@code values}; with an even number of them, the mean of the two in the middle.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static double median(Collection<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        if (sorted.isEmpty()) {
            throw none();
        }
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static IllegalArgumentException none() {
        return new IllegalArgumentException("no values");
    }
}
