package io.fencepost.scheduler.job;

/** What becomes of the times at which a recurring job was due and could not run, because no worker was there or the run before took too long. */
public enum MisfirePolicy {
    /** One run for all of them, at once; then as planned. */
    RUN_ONCE,
    /** One run for each of them, one after the other. */
    RUN_ALL,
    /** None: the next run is at the next time that lies ahead. */
    SKIP
}
