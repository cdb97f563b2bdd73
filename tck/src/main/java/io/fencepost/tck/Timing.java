package io.fencepost.tck;

import java.time.Duration;

/** Durations as the kit reckons with them. */
final class Timing {
    /** Multiplies ttls and slacks; 1 to 100, default 1. For slow or busy machines. */
    static final String FACTOR_PROPERTY = "fencepost.tck.timeFactor";

    private Timing() {}

    /** @throws IllegalArgumentException if the property is no number from 1 to 100 */
    static double factor() {
        String text = System.getProperty(FACTOR_PROPERTY, "1");
        try {
            double factor = Double.parseDouble(text);
            if (factor >= 1 && factor <= 100) {
                return factor;
            }
        } catch (NumberFormatException e) {
            throw refused(text);
        }
        throw refused(text);
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException(
                "system property " + FACTOR_PROPERTY + " is '" + text + "'; allowed is a number from 1 to 100");
    }

    static Duration scaled(Duration duration) {
        return times(duration, factor());
    }

    static Duration times(Duration duration, double factor) {
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }

    static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    static Duration between(long fromNanoTime, long toNanoTime) {
        return Duration.ofNanos(toNanoTime - fromNanoTime);
    }
}
