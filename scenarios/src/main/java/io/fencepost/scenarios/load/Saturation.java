package io.fencepost.scenarios.load;

import java.util.Locale;

/**
 * When a provider counts as saturated: it does not do what was planned, or only by letting it wait.
 *
 * @param leastShare of the planned operations that have to be granted before the plan is over, from 0 to 1
 * @param p99Millis what the 99th percentile of the latency from the planned start may be at most
 */
record Saturation(double leastShare, double p99Millis) {
    static final double LEAST_SHARE = 0.95;

    Saturation {
        if (!(leastShare > 0 && leastShare <= 1)) {
            throw new IllegalArgumentException("a share is above 0 and at most 1, not " + leastShare);
        }
        if (!(p99Millis > 0)) {
            throw new IllegalArgumentException("a bound is above 0 ms, not " + p99Millis);
        }
    }

    /** Why {@code step} shows saturation; empty if it does not. */
    String reason(StepResult step) {
        // against what the plan holds, not against its rate: a random plan holds more or less
        if (step.inTime() < leastShare * step.planned()) {
            return text("%.1f %% of the plan were granted in its time", 100.0 * step.inTime() / step.planned());
        }
        if (step.backlog() > (1 - leastShare) * step.planned()) {
            return text("%d operations had not begun at the end", step.backlog());
        }
        if (step.p99() > p99Millis) {
            return text("p99 is %.0f ms, above %.0f ms", step.p99(), p99Millis);
        }
        return "";
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
