package io.fencepost.jmh;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Chooses locks at random. Not thread-safe. */
final class LockChoice {
    private final double[] cumulated;
    private final SplittableRandom random;

    private LockChoice(double[] cumulated, long seed) {
        this.cumulated = cumulated;
        this.random = new SplittableRandom(seed);
    }

    /**
     * @param distribution {@code uniform}, or {@code zipf}: the lock of rank r is chosen in proportion to 1/r
     * @param locks how many, at least 1
     * @param seed of the sequence
     * @throws IllegalArgumentException if the distribution is another
     */
    static LockChoice of(String distribution, int locks, long seed) {
        double exponent = switch (distribution) {
            case "uniform" -> 0;
            case "zipf" -> 1;
            default ->
                throw new IllegalArgumentException("distribution = '" + distribution + "', allowed is uniform or zipf");
        };
        double[] cumulated = new double[locks];
        double sum = 0;
        for (int i = 0; i < locks; i++) {
            sum += 1 / Math.pow(i + 1.0, exponent);
            cumulated[i] = sum;
        }
        return new LockChoice(cumulated, seed);
    }

    int next() {
        double point = random.nextDouble() * cumulated[cumulated.length - 1];
        int found = Arrays.binarySearch(cumulated, point);
        return Math.min(found < 0 ? -found - 1 : found, cumulated.length - 1);
    }
}
