package io.fencepost.scenarios.run;

import java.time.Duration;
import java.util.Locale;

/** How much is measured. */
public enum Profile {
    /** About nine minutes for three providers on two cores: enough to compare, with wide intervals. */
    QUICK,
    /** About 40 minutes: for figures that are to be published. */
    FULL;

    private static final Plan QUICK_PLAN = new Plan(
            Duration.ofSeconds(8),
            12,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            3,
            Duration.ofSeconds(4),
            40,
            5,
            Duration.ofSeconds(6),
            Duration.ofSeconds(8),
            Duration.ofSeconds(3));
    private static final Plan FULL_PLAN = new Plan(
            Duration.ofSeconds(30),
            60,
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            5,
            Duration.ofSeconds(20),
            200,
            20,
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10));

    /** The amounts. */
    Plan plan() {
        return switch (this) {
            case QUICK -> QUICK_PLAN;
            case FULL -> FULL_PLAN;
        };
    }

    /** The name in lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The amounts of a profile.
     *
     * @param warmUp of provider and floor together, before anything is measured
     * @param blockPairs how many blocks each, provider and floor in turn
     * @param block length of each
     * @param contentionWarmUp before each level of contention
     * @param contentionRepeats measured loops of each level
     * @param contention length of each
     * @param handoffs how many
     * @param takeovers how many, each with a process killed
     * @param beforeKill load before a node is killed
     * @param nodeDown load while it is down
     * @param afterRestart load after it is back
     */
    record Plan(
            Duration warmUp,
            int blockPairs,
            Duration block,
            Duration contentionWarmUp,
            int contentionRepeats,
            Duration contention,
            int handoffs,
            int takeovers,
            Duration beforeKill,
            Duration nodeDown,
            Duration afterRestart) {}
}
