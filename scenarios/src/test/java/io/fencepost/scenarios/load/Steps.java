package io.fencepost.scenarios.load;

/** Made-up results. */
final class Steps {
    private Steps() {}

    /** One of 1,000 planned operations in ten seconds. */
    static StepResult step(long inTime, long backlog, double p99) {
        return new StepResult(
                "redlock",
                Contention.MEDIUM,
                100,
                1_000,
                inTime,
                inTime,
                1.5,
                2,
                3,
                p99,
                p99 + 1,
                p99 + 2,
                1.25,
                2.5,
                0.75,
                0,
                0,
                17,
                backlog,
                0,
                0,
                0,
                1_000 - inTime,
                "",
                10);
    }
}
