package io.fencepost.scenarios.worker;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/** When the operations of an open loop are planned to begin, whatever becomes of those before them. */
public enum Arrivals {
    /** At equal distances. */
    CONSTANT {
        @Override
        double gap(double mean, SplittableRandom random) {
            return mean;
        }
    },
    /** At random, independent of each other: the distances are exponentially distributed, so that short ones are frequent. */
    POISSON {
        @Override
        double gap(double mean, SplittableRandom random) {
            return -mean * Math.log1p(-random.nextDouble());
        }
    };

    private static final double NANOS = 1e9;

    /** From one beginning to the next, in nanoseconds. */
    abstract double gap(double mean, SplittableRandom random);

    /** The name in lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The plan of all workers together: the same for the same arguments.
     *
     * @param rate operations a second on average, positive
     * @param length of the plan
     * @param seed of what is random
     * @return nanoseconds from the beginning of the plan, ascending, each below {@code length}
     */
    public long[] offsets(double rate, Duration length, long seed) {
        if (!(rate > 0) || rate > NANOS) {
            throw new IllegalArgumentException("a rate is above 0 and at most 1e9 a second, not " + rate);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double mean = NANOS / rate;
        long end = length.toNanos();
        long[] offsets = new long[Math.max(16, (int) Math.min(1 << 28, rate * end / NANOS * 1.1))];
        int count = 0;
        // the first of a constant plan stands half a distance in, so that none is on the edge of two plans
        for (double at = gap(mean, random) / (this == CONSTANT ? 2 : 1); at < end; at += gap(mean, random)) {
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, count + count / 2);
            }
            offsets[count++] = (long) at;
        }
        return Arrays.copyOf(offsets, count);
    }

    /** Every {@code shares}th of a plan, beginning with number {@code share}: what one of several workers does of it. */
    static long[] share(long[] plan, int share, int shares) {
        long[] mine = new long[Math.max(0, (plan.length - share + shares - 1) / shares)];
        for (int i = 0; i < mine.length; i++) {
            mine[i] = plan[share + i * shares];
        }
        return mine;
    }
}
