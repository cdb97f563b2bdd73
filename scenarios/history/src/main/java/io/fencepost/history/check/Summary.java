package io.fencepost.history.check;

import java.util.Arrays;
import java.util.List;

/**
 * Times in milliseconds.
 *
 * @param count how many were measured
 * @param missing how many never came to an end in the history
 * @param min the least
 * @param p50 the median (nearest rank)
 * @param p95 the 95th percentile (nearest rank)
 * @param max the greatest
 */
public record Summary(int count, int missing, double min, double p50, double p95, double max) {
    static Summary of(List<Long> nanos, int missing) {
        if (nanos.isEmpty()) {
            return new Summary(0, missing, 0, 0, 0, 0);
        }
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Summary(
                sorted.length,
                missing,
                Text.toMillis(sorted[0]),
                rank(sorted, 0.5),
                rank(sorted, 0.95),
                Text.toMillis(sorted[sorted.length - 1]));
    }

    private static double rank(long[] sorted, double quantile) {
        int index = (int) Math.ceil(quantile * sorted.length) - 1;
        return Text.toMillis(sorted[Math.max(0, index)]);
    }
}
