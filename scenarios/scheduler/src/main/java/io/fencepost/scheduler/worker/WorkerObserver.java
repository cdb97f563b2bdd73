package io.fencepost.scheduler.worker;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.DueJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Is told what a worker does, for meters, traces and people. All methods are called on the worker's own threads, several at once: they must be quick and must not block. What they throw is logged and dropped.
 *
 * <p>For one try: {@link #acquired}, then {@link #began}, or {@link #refused}, or neither if somebody else was faster; after {@link #began} perhaps {@link #aborted}, and then one of {@link #ended},
 * {@link #refused} and {@link #unrecorded}, once.
 */
public interface WorkerObserver {
    /** Sees nothing. */
    WorkerObserver NONE = new WorkerObserver() {};

    /** The store was asked for jobs and named {@code candidates}. */
    default void polled(int candidates, Duration latency) {}

    /** Somebody else holds the job's lock. */
    default void contended(DueJob job) {}

    /** The job's lock was acquired, which took {@code latency}. */
    default void acquired(DueJob job, FencingToken token, Duration latency) {}

    /**
     * A try was begun.
     *
     * @param job with the state, the attempt and the token of the try
     * @param lag from when it could have been begun at the earliest until now, on the worker's wall clock, not negative
     */
    default void began(Job job, Duration lag) {}

    /**
     * The store accepted the end of a try; or the job was cancelled meanwhile.
     *
     * @param job as it is since
     * @param took how long the work took, without the store
     */
    default void ended(Job job, JobEvent.Kind kind, Duration took) {}

    /**
     * The worker stops the work of a try.
     *
     * @param cause {@code lease suspect}, {@code lease lost}, {@code taken over} (the store has seen a newer token), {@code cancelled}, {@code deadline} or {@code stopped}
     */
    default void aborted(Job job, String cause) {}

    /**
     * The store's guard stopped a write of this worker: somebody else has taken over.
     *
     * @param job as far as it is known here
     * @param token with which it was tried
     * @param change what the store answered
     */
    default void refused(Job job, FencingToken token, Change change) {}

    /** The end of a try could not be written: the store did not answer until after the lease was lost, or until the worker was closed, or failed otherwise. Somebody will take over. */
    default void unrecorded(Job job, String cause) {}

    /**
     * Where a leader dispatches: whether this worker is it. Called once at the start, and at every change.
     *
     * @param term the leadership's token while it leads
     */
    default void leading(boolean leads, Optional<FencingToken> term) {}

    /**
     * One of the worker's own threads failed, or its lock client was closed. It takes no more jobs, lets those that it runs end, and does not recover: close it, and start another one where the fault is not
     * likely to last. Called once at most.
     */
    default void failed(Throwable fault) {}

    /** Tells all of them, in this order. What one throws does not keep it from the others. */
    static WorkerObserver all(WorkerObserver... observers) {
        return new Observers(List.of(observers));
    }
}
