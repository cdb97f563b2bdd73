package io.fencepost.report;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis: where a value stands between its ends, and where to put ticks.
 *
 * @param low the value at 0
 * @param high the value at 1, above {@code low}
 * @param logarithmic whether equal steps are equal factors; then {@code low} is positive
 */
record Scale(double low, double high, boolean logarithmic, List<Tick> ticks) {
    /** @param label empty for a minor tick */
    record Tick(double value, String label) {}

    private static final double[] STEPS = {1, 2, 5};
    private static final int MOST_TICKS = 10;
    private static final double WIDE = Math.log10(500);

    /** Logarithmic, from the last to the next of 1, 2, 5, 10, … around the positive ones of the values. */
    static Scale logarithmic(List<Double> values) {
        double min =
                values.stream().filter(v -> v > 0).mapToDouble(v -> v).min().orElse(1);
        double max =
                values.stream().filter(v -> v > 0).mapToDouble(v -> v).max().orElse(10);
        List<Double> steps = new ArrayList<>();
        double low = min;
        double high = max;
        for (int decade = (int) Math.floor(Math.log10(min)) - 1; decade <= Math.log10(max) + 1; decade++) {
            for (double step : STEPS) {
                steps.add(decade < 0 ? step / Math.pow(10, -decade) : step * Math.pow(10, decade));
            }
        }
        for (double step : steps) {
            low = step <= min ? step : low;
        }
        for (int i = steps.size() - 1; i >= 0; i--) {
            high = steps.get(i) >= max && steps.get(i) > low ? steps.get(i) : high;
        }
        double from = low;
        double to = high;
        boolean wide = Math.log10(to / from) > WIDE;
        List<Tick> ticks = steps.stream()
                .filter(step -> step >= from && step <= to)
                .map(step -> new Tick(step, wide && !isDecade(step) ? "" : label(step)))
                .toList();
        return new Scale(from, to, true, ticks);
    }

    /** Linear, in steps of 1, 2 or 5 times a power of ten, around the values. */
    static Scale linear(List<Double> values) {
        double min = values.stream().mapToDouble(v -> v).min().orElse(0);
        double max = values.stream().mapToDouble(v -> v).max().orElse(1);
        double span = Math.max(max - min, Math.max(Math.abs(max), 1) / 100);
        double power = Math.pow(10, Math.floor(Math.log10(span / MOST_TICKS)));
        double step = power * 10;
        for (int i = STEPS.length - 1; i >= 0; i--) {
            step = span / (power * STEPS[i]) <= MOST_TICKS ? power * STEPS[i] : step;
        }
        long first = (long) Math.floor(min / step);
        long last = Math.max((long) Math.ceil(max / step), first + 1);
        List<Tick> ticks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            ticks.add(new Tick(i * step, label(i * step)));
        }
        return new Scale(first * step, last * step, false, List.copyOf(ticks));
    }

    /** Where the value stands: 0 at the low end, 1 at the high one. Values outside are moved to the nearer end. */
    double position(double value) {
        double inside = Math.max(low, Math.min(high, value));
        return logarithmic ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low);
    }

    private static boolean isDecade(double value) {
        double exponent = Math.log10(value);
        return Math.abs(exponent - Math.rint(exponent)) < 1e-9;
    }

    private static String label(double value) {
        String text = Numbers.format(value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
