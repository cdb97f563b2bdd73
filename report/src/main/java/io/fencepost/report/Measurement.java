package io.fencepost.report;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;

/**
 * One row of a results file.
 *
 * @param n how many samples stand behind the value, if that was written
 */
record Measurement(Subject subject, Unit unit, double value, Optional<Interval> interval, OptionalLong n) {
    /** What was measured on whom; there is at most one measurement of each in a run. */
    record Subject(String provider, String scenario, String metric) {
        @Override
        public String toString() {
            return provider + ": " + scenario + "/" + metric;
        }
    }

    record Interval(double low, double high) {
        boolean overlaps(Interval other) {
            return low <= other.high && other.low <= high;
        }

        boolean contains(double value) {
            return low <= value && value <= high;
        }
    }

    Measurement in(Unit target) {
        if (unit == target) {
            return this;
        }
        DoubleUnaryOperator convert = v -> unit.convert(v, target);
        return new Measurement(
                subject,
                target,
                convert.applyAsDouble(value),
                interval.map(i -> new Interval(convert.applyAsDouble(i.low), convert.applyAsDouble(i.high))),
                n);
    }
}
