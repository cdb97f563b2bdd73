package io.fencepost.scheduler.worker;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LeaseLostException;
import io.fencepost.scheduler.job.Job;
import java.util.concurrent.CancellationException;

/** One try of a job, as its {@link JobHandler} sees it. Thread-safe. */
public interface JobContext {
    /** The job as it was when the try was begun. */
    Job job();

    /** The job's payload; not a copy, not to be changed. */
    byte[] payload();

    /** What to send along with every write, to a resource that refuses older ones. Greater than those of all tries before. */
    FencingToken token();

    /**
     * Returns if the worker still holds the job's lock. It may be lost right after: this spares work, and only {@link #token()} makes a write safe.
     *
     * @throws LeaseLostException if the lease is not valid any more
     * @throws CancellationException if the try is being aborted for another reason
     */
    void ensureHeld();

    /** Whether the try is being aborted; the thread was interrupted as well. */
    boolean isAborted();
}
