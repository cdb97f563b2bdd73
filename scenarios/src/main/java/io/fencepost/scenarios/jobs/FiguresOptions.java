package io.fencepost.scenarios.jobs;

import io.fencepost.scenarios.load.Subject;
import java.time.Duration;
import java.util.List;

/**
 * What is measured of the scheduler.
 *
 * @param providers whose locks, in this order
 * @param stores in which store, in this order
 * @param counts how many jobs, in this order
 * @param bytes of what payload, in this order
 * @param workers how many processes
 * @param slots of each
 * @param limit how long a measurement may take by the rate of the one before it; longer ones are NOT RUN unless {@code full}
 * @param full whether the long ones are run all the same
 */
public record FiguresOptions(
        List<Subject> providers,
        List<StoreKind> stores,
        List<Integer> counts,
        List<Integer> bytes,
        int workers,
        int slots,
        Duration limit,
        boolean full) {
    private static final Duration CLUSTER = Duration.ofSeconds(75);
    private static final int SUPPOSED_RATE = 150;

    public FiguresOptions {
        providers = List.copyOf(providers);
        stores = List.copyOf(stores);
        counts = List.copyOf(counts);
        bytes = List.copyOf(bytes);
    }

    /** How long the run takes, roughly; nobody knows the rates before. */
    public Duration estimate() {
        Duration counted = counts.stream().map(this::estimate).reduce(Duration.ZERO, Duration::plus);
        return CLUSTER.plus(counted.multipliedBy(bytes.size())).multipliedBy((long) providers.size() * stores.size());
    }

    Duration estimate(int count) {
        Duration supposed = Duration.ofSeconds(3 + count / SUPPOSED_RATE);
        return full || supposed.compareTo(limit) < 0 ? supposed : Duration.ofSeconds(1);
    }

    /** How many steps a run tells of. */
    public int steps() {
        return providers.size() * stores.size() * (1 + counts.size() * bytes.size());
    }
}
