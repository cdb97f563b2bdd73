package io.fencepost.scenarios.jobs;

/** Tells from one rate after the other whether they still grow. Not for use by several threads. */
final class Steadiness {
    /** What is faster by less than this is not faster. */
    private static final double MARGIN = 1.1;

    private static final int IN_A_ROW = 2;

    private double best;
    private int notFaster;

    /**
     * @param rate the newest one
     * @return whether it and the one before were not faster than the best of those before them
     */
    boolean isReachedWith(double rate) {
        notFaster = rate < best * MARGIN ? notFaster + 1 : 0;
        best = Math.max(best, rate);
        return notFaster >= IN_A_ROW;
    }
}
