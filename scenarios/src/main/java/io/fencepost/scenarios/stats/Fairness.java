package io.fencepost.scenarios.stats;

import java.util.Collection;

/** How evenly something was shared. */
public final class Fairness {
    private Fairness() {}

    /**
     * Jain's index: (Σx)² / (n·Σx²), 1 if all shares are equal and 1/n if one has everything.
     *
     * @param shares not negative, not all zero
     * @see <a href="https://arxiv.org/abs/cs/9809099">R. Jain, D. Chiu, W. Hawe, A Quantitative Measure of Fairness, DEC-TR-301, 1984</a>
     */
    public static double jain(Collection<Long> shares) {
        double sum = 0;
        double squares = 0;
        for (long share : shares) {
            sum += share;
            squares += (double) share * share;
        }
        if (squares == 0) {
            throw new IllegalArgumentException("nothing was shared among " + shares.size());
        }
        return sum * sum / (shares.size() * squares);
    }
}
