package io.fencepost.jmh.run;

import java.time.Duration;

/**
 * How long a fork measures.
 *
 * @param warmups iterations that do not count
 * @param warmup how long each of them is
 * @param iterations that count
 * @param iteration how long each of them is
 */
public record Timing(int warmups, Duration warmup, int iterations, Duration iteration) {
    /** What a fork takes beside its iterations: two JVMs, connections, profiler. Measured with all cores free. */
    private static final Duration OVERHEAD = Duration.ofMillis(3500);

    /** How long a fork takes, more or less. */
    public Duration estimate() {
        return warmup.multipliedBy(warmups)
                .plus(iteration.multipliedBy(iterations))
                .plus(OVERHEAD);
    }
}
