package io.fencepost.scenarios.stats;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A histogram of durations, exact to three significant digits. Histograms merge without loss, so that no percentile is ever averaged. Not thread-safe.
 *
 * @see <a href="https://hdrhistogram.org">HdrHistogram</a>
 */
public final class Latencies {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);

    /** Adds a duration; a negative one counts as zero. */
    public void record(long nanos) {
        histogram.recordValue(Math.max(0, nanos));
    }

    /** All durations of all {@code parts}. */
    public static Latencies merged(Collection<Latencies> parts) {
        Latencies all = new Latencies();
        parts.forEach(part -> all.histogram.add(part.histogram));
        return all;
    }

    /** How many durations were recorded. */
    public long count() {
        return histogram.getTotalCount();
    }

    /**
     * The duration that {@code percent} of all durations do not exceed, in {@code unit}, with a fraction.
     *
     * @throws IllegalStateException if nothing was recorded
     */
    public double percentile(double percent, TimeUnit unit) {
        if (count() == 0) {
            throw new IllegalStateException("no latency was recorded");
        }
        return histogram.getValueAtPercentile(percent) / (double) unit.toNanos(1);
    }
}
