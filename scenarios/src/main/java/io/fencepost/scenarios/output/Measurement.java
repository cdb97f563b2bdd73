package io.fencepost.scenarios.output;

import io.fencepost.scenarios.stats.Interval;
import java.util.Objects;
import java.util.Optional;

/**
 * One figure.
 *
 * @param provider that was measured
 * @param scenario in which it was measured
 * @param metric what was measured
 * @param unit of value and interval
 * @param value finite
 * @param interval where it lies, where that is known
 * @param n from how many observations it comes
 */
public record Measurement(
        String provider,
        String scenario,
        String metric,
        String unit,
        double value,
        Optional<Interval> interval,
        long n) {
    public Measurement {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(scenario, "scenario");
        Objects.requireNonNull(metric, "metric");
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(interval, "interval");
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(metric + " of " + provider + " in " + scenario + " is " + value);
        }
    }
}
