package io.fencepost.scheduler.worker;

/**
 * Work in Java, found by {@link java.util.ServiceLoader} under its name, or given to {@link Worker.Builder#handlers}. One object serves all jobs of that name in a worker, several at once: thread-safe.
 *
 * <p>A try whose worker died, or lost its lease, is made again: what a handler does should bear that, or go through a resource that refuses {@linkplain JobContext#token() tokens} older than the greatest it
 * has seen.
 */
public interface JobHandler {
    /** What {@link io.fencepost.scheduler.job.Work.HandlerCall} calls it; not blank, unique in a worker, constant. */
    String name();

    /**
     * Does the work of one try; it succeeded if this returns. Runs on a thread of the worker that is interrupted when the try is to be aborted. A handler that goes on regardless keeps its slot, and its result
     * is not accepted.
     *
     * @throws Exception if the try failed; class and message go into the job's history
     */
    void handle(JobContext context) throws Exception;
}
