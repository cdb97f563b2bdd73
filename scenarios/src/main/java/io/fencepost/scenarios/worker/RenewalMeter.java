package io.fencepost.scenarios.worker;

import io.fencepost.lock.LockObserver;
import io.fencepost.lock.LossCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Counts the renewals of a client, keeps nothing for each of its leases. Thread-safe. */
final class RenewalMeter implements LockObserver {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final AtomicLong renewals = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile Window window = new Window(0, 1, 0);

    /** What is seen for a while. */
    static final class Window {
        private final long startNanos;
        private final long bucketNanos;
        private final AtomicLong renewed = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();
        private final Histogram latencies = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
        private final AtomicLongArray buckets;

        Window(long startNanos, long bucketNanos, int buckets) {
            this.startNanos = startNanos;
            this.bucketNanos = bucketNanos;
            this.buckets = new AtomicLongArray(buckets);
        }

        /** A renewal that took {@code latency} has just ended. */
        void ended(RenewalResult result, long latency, long now) {
            int bucket = (int) Math.floorDiv(now - latency - startNanos, bucketNanos);
            if (bucket >= 0 && bucket < buckets.length()) {
                buckets.incrementAndGet(bucket);
            }
            if (now < startNanos || now - startNanos >= bucketNanos * buckets.length()) {
                return;
            }
            if (result == RenewalResult.RENEWED) {
                renewed.incrementAndGet();
                latencies.recordValue(Math.max(0, latency));
            } else if (result == RenewalResult.INDETERMINATE) {
                failed.incrementAndGet();
            }
        }

        long renewed() {
            return renewed.get();
        }

        long failed() {
            return failed.get();
        }

        /** The latency that {@code percent} of those confirmed do not exceed; 0 if there were none. */
        long latency(double percent) {
            return latencies.getValueAtPercentile(percent);
        }

        /** How many renewals were sent in each bucket, as far as they were answered by now. */
        List<Long> buckets() {
            List<Long> counts = new ArrayList<>();
            for (int i = 0; i < buckets.length(); i++) {
                counts.add(buckets.get(i));
            }
            return counts;
        }
    }

    /** From now on renewals go into a new window of that many buckets. */
    Window open(long bucketNanos, int buckets) {
        Window opened = new Window(System.nanoTime(), bucketNanos, buckets);
        window = opened;
        return opened;
    }

    /** Confirmed renewals so far. */
    long renewals() {
        return renewals.get();
    }

    /** Leases lost so far. */
    long lost() {
        return lost.get();
    }

    @Override
    public void renewed(String lock, RenewalResult result, Duration latency) {
        if (result == RenewalResult.RENEWED) {
            renewals.incrementAndGet();
        }
        window.ended(result, latency.toNanos(), System.nanoTime());
    }

    @Override
    public void lost(String lock, LossCause cause, Duration hold) {
        lost.incrementAndGet();
    }
}
