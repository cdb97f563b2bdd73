package io.fencepost.scheduler.observe;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of the histograms. Few and chosen, because each is a time series for each combination of tags: calls of servers from half a millisecond to half a minute, what jobs and people take from a
 * millisecond to an hour.
 */
final class Buckets {
    private static final double[] CALLS_MS = {
        0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000
    };
    private static final double[] JOBS_MS = {
        1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000
    };
    private static final Set<String> JOB_TIMERS =
            Set.of("fencepost.hold", "fencepost.scheduler.dispatch.lag", "fencepost.scheduler.run");

    private Buckets() {}

    /** Gives every timer of ours its bounds. */
    static MeterFilter filter() {
        DistributionStatisticConfig calls = bounds(CALLS_MS);
        DistributionStatisticConfig jobs = bounds(JOBS_MS);
        return new MeterFilter() {
            @Override
            public @Nullable DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                if (id.getType() != Meter.Type.TIMER || !id.getName().startsWith("fencepost.")) {
                    return config;
                }
                return (JOB_TIMERS.contains(id.getName()) ? jobs : calls).merge(config);
            }
        };
    }

    private static DistributionStatisticConfig bounds(double... milliseconds) {
        return DistributionStatisticConfig.builder()
                .serviceLevelObjectives(DoubleStream.of(milliseconds)
                        .map(value -> value * 1_000_000)
                        .toArray())
                .build();
    }
}
