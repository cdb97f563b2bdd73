package io.fencepost.scenarios.leases;

import io.fencepost.scenarios.worker.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One row of {@code leases.csv}.
 *
 * @param count how many leases were asked for
 * @param seen what came of it; empty if it was not run, or could not be carried out
 * @param reason why not, or what was incomplete; empty otherwise
 */
record LeasesRow(String provider, int count, LeasesPlan plan, Optional<Seen> seen, String reason) {
    /** The columns after the name of the run. */
    static final List<String> COLUMNS = List.of(
            "provider",
            "leases",
            "ttl_s",
            "renewal_interval_s",
            "status",
            "acquired",
            "acquire_per_s",
            "renewals_planned_per_s",
            "renewals_per_s",
            "renewal_p50_ms",
            "renewal_p99_ms",
            "renewal_max_ms",
            "renewals_failed",
            "lost",
            "peak_over_mean",
            "client_cpu_s_per_1000",
            "server_cpu_s_per_1000",
            "heap_bytes_per_lease",
            "release_per_s",
            "not_released",
            "seconds",
            "periods",
            "reason");

    private static final double NANOS = 1e9;

    /** The heap of fewer is lost in what else comes and goes. */
    private static final int LEAST_FOR_HEAP = 10_000;

    /**
     * What a client with many leases saw.
     *
     * @param serverCpu that all servers together used while renewals were measured; empty if there are none, or nobody can say
     */
    record Seen(
            Event.LeasesAcquired acquired,
            Event.LeasesKept kept,
            Event.LeasesReleased released,
            Optional<Duration> serverCpu) {}

    /** Everything was acquired, renewed and released, and nothing was lost. */
    boolean isComplete() {
        return seen.filter(all -> all.acquired().acquired() == count
                        && all.released().lost() == 0
                        && all.released().notReleased() == 0)
                .isPresent();
    }

    /** {@code OK}, {@code INCOMPLETE}, {@code FAILED} or {@code NOT RUN}. */
    String status() {
        if (!plan.isRun()) {
            return "NOT RUN";
        }
        return seen.isEmpty() ? "FAILED" : isComplete() ? "OK" : "INCOMPLETE";
    }

    /** The values in the order of {@link #COLUMNS}; empty where there is none. */
    List<String> values() {
        List<String> values = new ArrayList<>(List.of(
                provider,
                Integer.toString(count),
                number(plan.ttl().toMillis() / 1e3),
                number(plan.interval().toMillis() / 1e3),
                status()));
        if (seen.isPresent()) {
            values.addAll(seenValues(seen.get()));
        } else {
            while (values.size() < COLUMNS.size() - 1) {
                values.add("");
            }
        }
        values.add(reason);
        return values;
    }

    private List<String> seenValues(Seen all) {
        int leases = all.acquired().acquired();
        Event.LeasesKept kept = all.kept();
        double thousands = kept.renewed() / 1_000.0;
        return List.of(
                Integer.toString(leases),
                number(leases * NANOS / all.acquired().nanos()),
                number(plan.renewalsPerSecond(leases)),
                number(kept.renewed() * NANOS / kept.nanos()),
                number(kept.p50Nanos() / 1e6),
                number(kept.p99Nanos() / 1e6),
                number(kept.maxNanos() / 1e6),
                Long.toString(kept.failed()),
                Long.toString(all.released().lost()),
                number(peakOverMean(all)),
                thousands == 0 ? "" : number(kept.cpuNanos() / NANOS / thousands),
                all.serverCpu()
                        .filter(cpu -> thousands > 0)
                        .map(cpu -> number(cpu.toNanos() / NANOS / thousands))
                        .orElse(""),
                leases < LEAST_FOR_HEAP
                        ? ""
                        : Long.toString(Math.round((double) all.acquired().heapBytes() / leases)),
                number(leases * NANOS / Math.max(1, all.released().nanos())),
                Integer.toString(all.released().notReleased()),
                number(kept.nanos() / NANOS),
                number(plan.periods()));
    }

    private double peakOverMean(Seen all) {
        return Spread.peakOverMean(
                all.kept().buckets(), Duration.ofMillis(all.kept().bucketMillis()), plan.interval());
    }

    /** The row in words, after provider and count. */
    String inALine() {
        String head = "with a ttl of %d s: %s".formatted(plan.ttl().toSeconds(), status());
        if (seen.isEmpty()) {
            return head + ", " + reason;
        }
        Seen all = seen.get();
        return head
                + String.format(
                        Locale.ROOT,
                        ", acquired %d at %.0f/s, %.0f of %.0f renewals/s (p50 %.1f, p99 %.1f ms, fullest 100 ms %.1f times"
                                + " the mean), %d failed, %d lost%s",
                        all.acquired().acquired(),
                        all.acquired().acquired() * NANOS / all.acquired().nanos(),
                        all.kept().renewed() * NANOS / all.kept().nanos(),
                        plan.renewalsPerSecond(all.acquired().acquired()),
                        all.kept().p50Nanos() / 1e6,
                        all.kept().p99Nanos() / 1e6,
                        peakOverMean(all),
                        all.kept().failed(),
                        all.released().lost(),
                        reason.isEmpty() ? "" : "; " + reason);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
