package io.fencepost.scenarios.load;

import java.util.OptionalDouble;

/**
 * The rates of one curve: up by a factor until one saturates, and then once more between the last that did not and the first that did. If the first saturates already, down by the
 * factor until one does not. Not thread-safe.
 */
final class Ladder {
    private final double factor;
    private final int mostSteps;
    private double next;
    private double lastGood;
    private int steps;
    private boolean over;
    private boolean refining;
    private boolean descending;

    /**
     * @param start the first rate
     * @param factor from one to the next, above 1
     * @param mostSteps after which it ends, saturated or not; the refining step is one more
     */
    Ladder(double start, double factor, int mostSteps) {
        if (!(start > 0) || !(factor > 1) || mostSteps < 1) {
            throw new IllegalArgumentException("a ladder begins above 0, rises by a factor above 1 and has a step");
        }
        this.factor = factor;
        this.mostSteps = mostSteps;
        this.next = start;
    }

    /** The rate to try now; empty if the ladder is over. */
    OptionalDouble next() {
        return over ? OptionalDouble.empty() : OptionalDouble.of(next);
    }

    /** What became of the rate. */
    void tried(boolean saturated) {
        steps++;
        if (refining) {
            over = true;
        } else if (!saturated) {
            lastGood = next;
            next *= factor;
            over = descending || steps >= mostSteps;
        } else if (lastGood > 0) {
            refining = true;
            // equally far from both, as the steps are
            next = Math.sqrt(lastGood * next);
        } else {
            // even the first was too much: down until something is known to work
            descending = true;
            next /= factor;
            over = steps >= mostSteps;
        }
    }
}
