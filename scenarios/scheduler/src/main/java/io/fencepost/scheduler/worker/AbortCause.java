package io.fencepost.scheduler.worker;

/** Why the work of a try is stopped. */
enum AbortCause {
    /** A renewal did not succeed: stop while the lease is still valid. */
    LEASE_SUSPECT("lease suspect"),
    LEASE_LOST("lease lost"),
    /** The store has seen a newer token, whatever this worker's lock client believes. */
    TAKEN_OVER("taken over"),
    CANCELLED("cancelled"),
    DEADLINE("deadline"),
    /** The worker is being stopped. */
    STOPPED("stopped");

    private final String text;

    AbortCause(String text) {
        this.text = text;
    }

    /** As observers are told. */
    String text() {
        return text;
    }
}
