package io.fencepost.lock.redlock;

/** Counts yes and no of a question to all nodes, until a quorum of one kind is there or neither can come. Not thread-safe. */
final class AckCount {
    /** What the answers so far amount to. */
    enum Decision {
        /** Not enough is known yet. */
        OPEN,
        /** A quorum said yes. */
        YES,
        /** A quorum said no. */
        NO,
        /** Neither can come any more. */
        UNKNOWN
    }

    private final int quorum;
    private int pending;
    private int yes;
    private int no;

    AckCount(int nodes) {
        quorum = nodes / 2 + 1;
        pending = nodes;
    }

    Decision yes() {
        pending--;
        yes++;
        return decision();
    }

    Decision no() {
        pending--;
        no++;
        return decision();
    }

    /** A node did not answer, whatever it did. */
    Decision silent() {
        pending--;
        return decision();
    }

    Decision decision() {
        if (yes >= quorum) {
            return Decision.YES;
        }
        if (no >= quorum) {
            return Decision.NO;
        }
        return Math.max(yes, no) + pending >= quorum ? Decision.OPEN : Decision.UNKNOWN;
    }
}
