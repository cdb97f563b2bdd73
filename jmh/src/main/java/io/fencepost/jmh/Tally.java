package io.fencepost.jmh;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What one thread saw in the measured iterations of a fork. For that thread, and for others once an iteration is over. */
final class Tally {
    private static final int DIGITS = 3;

    final Histogram wait = histogram();
    final Histogram cycle = histogram();
    long acquired;
    long contended;
    long unavailable;
    long unknown;
    long failedReleases;
    long tokenViolations;
    long overlaps;
    /** Of this iteration. */
    long operations;

    long first;
    long last;

    @Nullable
    Throwable firstFailure;

    /** Of nanoseconds. */
    static Histogram histogram() {
        return new Histogram(DIGITS);
    }

    void begin() {
        operations = 0;
    }

    void operation(long begin, long end) {
        if (operations == 0) {
            first = begin;
        }
        operations++;
        last = end;
    }

    void failed(Throwable cause) {
        if (firstFailure == null) {
            firstFailure = cause;
        }
    }
}
