package io.fencepost.scenarios.load;

import java.util.List;
import java.util.Locale;

/**
 * What became of one plan: one row of {@code load.csv} and {@code ladder.csv}. Times are in milliseconds, and 0 where nothing was granted.
 *
 * @param planned operations in the plan, of all workers
 * @param granted that got their lock, however late
 * @param inTime that got it before the end of the plan
 * @param p50 of the time from the planned start to the grant
 * @param serviceP50 of the time from the actual start to the grant
 * @param lateStarts operations that began more than a millisecond after their planned start
 * @param backlog that had not begun when the plan was over
 * @param contended that waited in vain
 * @param unavailable that the backend could not decide
 * @param unknown of which nobody knows what they did
 * @param unstarted that were given up before they began
 * @param saturated why the provider is taken to be saturated; empty if it is not
 * @param seconds length of the plan
 */
record StepResult(
        String provider,
        Contention contention,
        double plannedRate,
        long planned,
        long granted,
        long inTime,
        double p50,
        double p90,
        double p95,
        double p99,
        double p999,
        double max,
        double serviceP50,
        double serviceP99,
        double releaseP50,
        double failedP50,
        double failedMax,
        long lateStarts,
        long backlog,
        long contended,
        long unavailable,
        long unknown,
        long unstarted,
        String saturated,
        double seconds) {
    /** The columns after the name of the run. */
    static final List<String> COLUMNS = List.of(
            "provider",
            "contention",
            "planned_rate",
            "achieved_rate",
            "p50_ms",
            "p90_ms",
            "p95_ms",
            "p99_ms",
            "p999_ms",
            "max_ms",
            "service_p50_ms",
            "service_p99_ms",
            "release_p50_ms",
            "late_starts",
            "failed",
            "saturated",
            "seconds",
            "locks",
            "planned",
            "granted",
            "backlog",
            "contended",
            "unavailable",
            "unknown",
            "unstarted",
            "failed_p50_ms",
            "failed_max_ms",
            "reason");

    /** Grants a second while the plan lasted. */
    double achievedRate() {
        return inTime / seconds;
    }

    /** Operations that ended without a lease, and those that never began. */
    long failed() {
        return contended + unavailable + unknown + unstarted;
    }

    boolean isSaturated() {
        return !saturated.isEmpty();
    }

    StepResult withSaturated(String reason) {
        return new StepResult(
                provider,
                contention,
                plannedRate,
                planned,
                granted,
                inTime,
                p50,
                p90,
                p95,
                p99,
                p999,
                max,
                serviceP50,
                serviceP99,
                releaseP50,
                failedP50,
                failedMax,
                lateStarts,
                backlog,
                contended,
                unavailable,
                unknown,
                unstarted,
                reason,
                seconds);
    }

    /** The values in the order of {@link #COLUMNS}; a time is empty where there was nothing to time. */
    List<String> row() {
        return List.of(
                provider,
                contention.id(),
                rate(plannedRate),
                rate(achievedRate()),
                millis(p50, granted),
                millis(p90, granted),
                millis(p95, granted),
                millis(p99, granted),
                millis(p999, granted),
                millis(max, granted),
                millis(serviceP50, granted),
                millis(serviceP99, granted),
                millis(releaseP50, granted),
                Long.toString(lateStarts),
                Long.toString(failed()),
                Boolean.toString(isSaturated()),
                rate(seconds),
                Integer.toString(contention.locks()),
                Long.toString(planned),
                Long.toString(granted),
                Long.toString(backlog),
                Long.toString(contended),
                Long.toString(unavailable),
                Long.toString(unknown),
                Long.toString(unstarted),
                millis(failedP50, failed()),
                millis(failedMax, failed()),
                saturated);
    }

    private static String rate(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String millis(double value, long of) {
        return of == 0 ? "" : String.format(Locale.ROOT, "%.3f", value);
    }
}
