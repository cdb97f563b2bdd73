package io.fencepost.scheduler.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How stores keep instants: as microseconds since 1970, in a number. */
public final class Micros {
    private static final long PER_SECOND = 1_000_000;
    private static final long NANOS = 1_000;

    private Micros() {}

    /** Cut off, not rounded. What is beyond the range, 290,000 years from now, is its end. */
    public static long of(Instant instant) {
        long seconds = instant.getEpochSecond();
        if (Math.abs(seconds) >= Long.MAX_VALUE / PER_SECOND) {
            return seconds > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        return seconds * PER_SECOND + instant.getNano() / NANOS;
    }

    /** The instant that {@link #of} gave this number for, as far as it was kept. */
    public static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** An instant as it will come back from a store. */
    public static Instant kept(Instant instant) {
        return instant(of(instant));
    }
}
