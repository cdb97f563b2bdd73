package io.fencepost.report;

import java.util.Optional;

/**
 * One scenario of chaos, done once to one provider.
 *
 * @param provider a provider in one of its ways to work: {@code redlock}, {@code redlock-trusting}
 * @param doubleHolder what the scenario says, before the run, of two holders at a time
 * @param figures what was counted; empty if there was nothing to judge
 * @param reason why the run is not valid; empty if it is
 */
record ChaosRun(
        String scenario,
        String provider,
        long seed,
        Verdict verdict,
        Expectation doubleHolder,
        Optional<Figures> figures,
        String reason) {

    /** From the best to the worst, and last what was not judged. */
    enum Verdict {
        VALID("+", "valid"),
        UNKNOWN("?", "unknown"),
        INVALID("−", "INVALID"),
        NOT_RUN("", "NOT RUN");

        private final String symbol;
        private final String word;

        Verdict(String symbol, String word) {
            this.symbol = symbol;
            this.word = word;
        }

        String word() {
            return word;
        }

        String inACell(String count) {
            return (symbol + " " + count + word).strip();
        }
    }

    /** What a scenario says beforehand of what a perfect lock never shows. */
    enum Expectation {
        EXPECTED("expected"),
        ALLOWED("allowed"),
        FORBIDDEN("FORBIDDEN");

        private final String word;

        Expectation(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * What the checkers counted in the history of the run.
     *
     * @param doubleHolders grants while another client relied on the lock
     * @param overlapMs for how long, in sum
     * @param tokenRegressions grants whose token is not greater than one before
     * @param staleWrites how often the fenced store took what it must refuse
     * @param twinLost updates that the store without a fence lost
     * @param takeoverMaxMs 0 if no holder was stopped
     * @param recoveryMaxMs 0 if nothing was healed
     */
    record Figures(
            long doubleHolders,
            double overlapMs,
            long tokenRegressions,
            long staleWrites,
            long twinLost,
            double takeoverMaxMs,
            double recoveryMaxMs,
            double unavailableMs,
            long grants) {

        /** Whether two clients may have done harm to each other that no lock may let them. */
        boolean exposed() {
            return doubleHolders + tokenRegressions + staleWrites > 0;
        }
    }

    /** Of its files, beside the table of runs. */
    static String folder(String scenario, String provider, long seed) {
        return scenario + "-" + provider + "-" + seed;
    }

    /** Of the two that a reader must look at: what is forbidden was seen, or the run shows less than it was made for. */
    boolean failed() {
        return verdict == Verdict.INVALID || verdict == Verdict.UNKNOWN;
    }
}
