package io.fencepost.scheduler.job;

/** Where a job stands. */
public enum JobState {
    /** Waits until it is due, for the first time or again. */
    SCHEDULED,
    /** A worker began a run and has not said how it ended. If that worker is gone, another takes over with a greater token. */
    RUNNING,
    /** Done, and not due again. */
    SUCCEEDED,
    /** All tries failed, or the deadline passed: the dead letter, kept until somebody retries it. */
    DEAD,
    /** Taken back by a user. A run that was under way is told, and its result is not accepted. */
    CANCELLED;

    /** Whether nothing happens any more unless a user asks for it. */
    public boolean isFinal() {
        return this == SUCCEEDED || this == DEAD || this == CANCELLED;
    }
}
