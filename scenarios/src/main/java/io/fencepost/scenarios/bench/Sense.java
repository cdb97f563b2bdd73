package io.fencepost.scenarios.bench;

import io.fencepost.scenarios.stats.Estimate;
import io.fencepost.scenarios.stats.Interval;
import java.util.Optional;

/** How a figure is held against a limit. */
public enum Sense {
    /** The median of the rounds should not exceed the limit. */
    AT_MOST("≤", "<="),
    /** The median of the rounds should reach the limit. */
    AT_LEAST("≥", ">="),
    /** The greatest of all, which is the value here, should not exceed the limit: a single one above it is a miss. */
    ALL_AT_MOST("all ≤", "all <="),
    /** A ratio that should not be told from the limit, or lie below it: the interval holds the limit, or ends before it. */
    UNCHANGED("no more than", "no more than");

    private final String sign;
    private final String ascii;

    Sense(String sign, String ascii) {
        this.sign = sign;
        this.ascii = ascii;
    }

    /** For people. */
    String sign() {
        return sign;
    }

    /** For files that programs read. */
    String ascii() {
        return ascii;
    }

    /** Whether less is better. */
    boolean lessIsBetter() {
        return this != AT_LEAST;
    }

    /** With a single round there is no interval, and the value alone decides. */
    Met judge(Estimate reached, double limit) {
        double value = reached.value();
        Optional<Interval> interval = reached.interval();
        return switch (this) {
            case ALL_AT_MOST -> value <= limit ? Met.YES : Met.NO;
            case UNCHANGED ->
                interval.orElseGet(() -> new Interval(value, value)).low() <= limit ? Met.YES : Met.NO;
            case AT_MOST ->
                judge(
                        interval.map(Interval::high).orElse(value) <= limit,
                        interval.map(Interval::low).orElse(value) > limit);
            case AT_LEAST ->
                judge(
                        interval.map(Interval::low).orElse(value) >= limit,
                        interval.map(Interval::high).orElse(value) < limit);
        };
    }

    private static Met judge(boolean surely, boolean surelyNot) {
        if (surely) {
            return Met.YES;
        }
        return surelyNot ? Met.NO : Met.INSIDE_THE_NOISE;
    }
}
