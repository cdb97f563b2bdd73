package io.fencepost.scheduler.worker;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.scheduler.job.Job;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The work of one try under its lease: done once, on one thread, and stopped by any. */
final class Execution implements JobContext {
    private final Job job;
    private final Lease lease;
    private final long since = System.nanoTime();

    // guarded by this
    private @Nullable AbortCause cause;
    private @Nullable Thread thread;
    private boolean over;

    Execution(Job job, Lease lease) {
        this.job = job;
        this.lease = lease;
    }

    @Override
    public Job job() {
        return job;
    }

    @Override
    public byte[] payload() {
        return job.spec().payload();
    }

    @Override
    public FencingToken token() {
        return lease.token();
    }

    @Override
    public void ensureHeld() {
        lease.ensureValid(Duration.ZERO);
        AbortCause aborted;
        synchronized (this) {
            aborted = cause;
        }
        if (aborted != null) {
            throw new CancellationException("job '" + job.id() + "' is being aborted: " + aborted.text());
        }
    }

    @Override
    public synchronized boolean isAborted() {
        return cause != null;
    }

    /** Since when it is there. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /**
     * Stops the work, or keeps it from beginning; the first cause counts.
     *
     * @return false if it was over, or aborted before
     */
    synchronized boolean abort(AbortCause why) {
        if (over || cause != null) {
            return false;
        }
        cause = why;
        if (thread != null) {
            thread.interrupt();
        }
        return true;
    }

    /** Does the work on this thread. */
    Outcome run(Performer performer) {
        Outcome outcome;
        try {
            // the interrupt of an abort reaches this thread while it works, never before and never later
            synchronized (this) {
                if (cause != null) {
                    over = true;
                    return new Outcome.Aborted(cause);
                }
                thread = Thread.currentThread();
            }
            outcome = new Outcome.Done(Details.cut(performer.perform(this)));
        } catch (WorkRefusedException refusal) {
            outcome = new Outcome.Refused(Details.cut(String.valueOf(refusal.getMessage())));
        } catch (Throwable failure) {
            // also errors: they are the job's, and this slot has others to run
            outcome = new Outcome.Failure(Details.of(failure));
        }
        synchronized (this) {
            thread = null;
            over = true;
            boolean unused = Thread.interrupted();
            // work that was interrupted and returned all the same may have returned half done
            return cause == null ? outcome : new Outcome.Aborted(cause);
        }
    }
}
