package io.fencepost.scheduler.store;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps jobs, their histories, tenants and the list of workers. Thread-safe, and shared by any number of processes.
 *
 * <p>What a method returned from is durable: it survives the death of any process. What threw {@link StoreException} may have taken effect or not, unless it says otherwise; all methods may be called
 * again with the same arguments, and the second call then answers as the first would have, whatever became of the job since; only {@link #begin} is refused when its try is over, or was taken over.
 *
 * <p>Payloads may be large, so only {@link #find} and an accepted {@link #begin} read them; the payload of any other job that is returned is empty. Instants of jobs and events are kept to the microsecond.
 * All methods block, for some seconds if the store is slow; an interrupt does not end them, and stays set. What is out of its range is refused with an {@link IllegalArgumentException} that names the range.
 *
 * <p>A store is a resource of many locks and protects itself as every resource must: {@link #begin} and {@link #end} are refused with a token that is older than the greatest that it accepted for that job.
 * So whoever the lock service wrongly believes, or a paused worker believes itself, to be the holder, one completion of a try is accepted.
 */
public interface JobStore extends AutoCloseable {
    /**
     * Adds jobs. If it throws, some of them may have been added.
     *
     * @param jobs as of {@link Job#submitted}; those whose id is known are left as they are
     * @return the ids that were known before, in the order of {@code jobs}; a job that this very call added before, as its instant of submission and its specification tell, was not
     */
    List<JobId> submit(List<Job> jobs);

    /** The job of that id, with its payload. */
    Optional<Job> find(JobId id);

    /**
     * What could be begun: scheduled jobs whose {@link Job#next} is not after {@code now}, and running ones that began before {@code silentSince}, whose worker may be gone; the lock will tell. Of those that are
     * scheduled at most {@code perTenant} for each tenant: those of the greatest priorities, and among equals those that were due first. Of running ones at most 1000, chosen at random if there are more. In
     * the order of tenants, priorities from the greatest, and instants. An assignment makes no difference.
     *
     * @param perTenant 1 to 1,000,000
     */
    List<DueJob> due(Instant now, Instant silentSince, int perTenant);

    /**
     * A worker that holds the job's lock begins a try. Accepted if the token is not older than the job's fence, and the job is scheduled and due at {@code now}, or running with an older token. The job is then
     * running, with one {@link Job#attempt} more, and the fence is the token.
     */
    Change begin(JobId id, FencingToken token, String worker, Instant now);

    /**
     * The worker tells how its try ended. Accepted if the job is running and its fence is this token.
     *
     * @param ending what becomes of the job; a try that is given back is not counted among the attempts, and a run that ended is followed by the next number
     */
    Change end(JobId id, FencingToken token, String worker, Ending ending, Instant now);

    /** A user takes a job back. Accepted unless its state is final. */
    Change cancel(JobId id, String reason, Instant now);

    /** A user wants one more run of a dead or cancelled job, at once. Accepted if it is one. The run has a number of its own, and all its attempts. */
    Change retry(JobId id, Instant now);

    /**
     * Jobs, in an order of the store's own, which does not change.
     *
     * @param filter empty parts take all
     * @param after only those that come after this one; how the next page is asked for
     * @param limit 1 to 1000; a page that is shorter is the last
     */
    List<Job> list(Filter filter, Optional<JobId> after, int limit);

    /** What happened to a job, in order; empty if it is not known. */
    List<JobEvent> history(JobId id);

    /** What happened to any job at or after {@code since}, oldest first, at most {@code limit}, which is 1 to 1,000,000; for people who look on, so that what came in the last moment may be missing. */
    List<JobEvent> recent(Instant since, int limit);

    /** How many jobs there are, by state; exact where that is cheap, a moment old otherwise. */
    Map<JobState, Long> counts();

    /** Sets a tenant's weight: 1 to 1000; a tenant that was never set has 1. */
    void weigh(String tenant, int weight);

    /** The weights of all tenants of whom a job was submitted or that were set. */
    Map<String, Integer> weights();

    /** A worker tells that it is there; it counts as gone when it has not for {@code validFor}, which is 0 to 365 days. For people and for leaders that dispatch; no exclusion depends on it. */
    void report(WorkerReport report, Duration validFor);

    /** Those that reported and are not gone. */
    List<WorkerReport> workers(Instant now);

    /**
     * The leader gives jobs to workers. Refused as a whole if its term is older than the greatest that was accepted. An older assignment of a job is replaced; {@link #begin} and all that comes after it end it.
     *
     * @param term the token of the leadership
     * @param workerByJob in the order in which the jobs are to be begun; what is not scheduled or running is left out
     * @return false if the term is stale
     */
    boolean assign(FencingToken term, Map<JobId, String> workerByJob, Instant now);

    /** What a worker was given and has not begun yet, in the order of the assignment, at most {@code limit}, which is 1 to 1,000,000. */
    List<DueJob> assigned(String worker, int limit);

    @Override
    void close();

    /**
     * @param tenant of that tenant only
     * @param state in that state only
     */
    record Filter(Optional<String> tenant, Optional<JobState> state) {
        /** All jobs. */
        public static final Filter ALL = new Filter(Optional.empty(), Optional.empty());
    }
}
