package io.fencepost.scenarios.leases;

import java.time.Duration;
import java.util.List;

/** How evenly renewals are spread over time. */
final class Spread {
    private Spread() {}

    /**
     * The fullest bucket over the mean of all: 1 is perfectly even. Whole periods are looked at, the last ones, if there is one, so that no part of a pattern counts more
     * than another.
     *
     * @param buckets renewals in each
     * @param bucketLength of one
     * @param period after which the pattern repeats
     * @return 0 if there were no renewals
     */
    static double peakOverMean(List<Long> buckets, Duration bucketLength, Duration period) {
        long perPeriod = Math.max(1, period.toMillis() / bucketLength.toMillis());
        long whole = buckets.size() / perPeriod * perPeriod;
        List<Long> seen = whole == 0 ? buckets : buckets.subList((int) (buckets.size() - whole), buckets.size());
        long total = seen.stream().mapToLong(Long::longValue).sum();
        long most = seen.stream().mapToLong(Long::longValue).max().orElse(0);
        return total == 0 ? 0 : most * (double) seen.size() / total;
    }
}
