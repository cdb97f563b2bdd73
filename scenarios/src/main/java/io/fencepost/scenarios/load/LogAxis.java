package io.fencepost.scenarios.load;

import java.util.ArrayList;
import java.util.List;

/**
 * A logarithmic axis, from the last to the next of 1, 2, 5, 10, … around what is shown.
 *
 * @param low the value at 0, positive
 * @param high the value at 1, above {@code low}
 */
record LogAxis(double low, double high) {
    private static final double[] STEPS = {1, 2, 5};
    /** With more ticks than this only decades have a label. */
    private static final int MOST_LABELS = 8;

    /** Around the positive ones of the values; one decade if there are none. */
    static LogAxis around(List<Double> values) {
        double least = values.stream()
                .filter(v -> v > 0)
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(1);
        double most = values.stream()
                .filter(v -> v > 0)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(10);
        double low = least;
        double high = most;
        List<Double> steps = between(least / 10, most * 10);
        for (double step : steps) {
            low = step <= least ? step : low;
        }
        for (int i = steps.size() - 1; i >= 0; i--) {
            high = steps.get(i) >= most && steps.get(i) > low ? steps.get(i) : high;
        }
        return new LogAxis(low, high);
    }

    private static List<Double> between(double from, double to) {
        List<Double> steps = new ArrayList<>();
        for (int decade = (int) Math.floor(Math.log10(from)); decade <= Math.log10(to); decade++) {
            for (double step : STEPS) {
                // dividing by whole powers of ten is exact where multiplying by fractions is not
                steps.add(decade < 0 ? step / Math.pow(10, -decade) : step * Math.pow(10, decade));
            }
        }
        return steps;
    }

    /** Where lines stand. */
    List<Double> ticks() {
        return between(low, high).stream()
                .filter(tick -> tick >= low && tick <= high)
                .toList();
    }

    /** Whether a tick has room for its number. */
    boolean isLabelled(double tick) {
        double exponent = Math.log10(tick);
        return ticks().size() <= MOST_LABELS || Math.abs(exponent - Math.rint(exponent)) < 1e-9;
    }

    /** From 0 to 1; what is outside is moved to the nearer end. */
    double position(double value) {
        double inside = Math.max(low, Math.min(high, value));
        return Math.log(inside / low) / Math.log(high / low);
    }
}
