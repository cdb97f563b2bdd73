package io.fencepost.scheduler.store;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;

/** What became of a change. Certain: where a store does not know, it throws. */
public sealed interface Change {
    /** @param job as it is since */
    record Accepted(Job job) implements Change {}

    /**
     * The token is older than one that was accepted: somebody else has taken over.
     *
     * @param accepted the greatest
     */
    record Stale(FencingToken accepted) implements Change {}

    /** The job is not in a state in which this can be done; as it is. */
    record NotPossible(Job job) implements Change {}

    /** There is no such job. */
    record Unknown() implements Change {}
}
