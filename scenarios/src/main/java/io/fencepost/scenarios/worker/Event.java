package io.fencepost.scenarios.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;

/** What a worker tells its run, one a line on its stdout. Instants are of the machine's monotonic clock, in nanoseconds. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Event.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = Event.Clock.class, name = "clock"),
    @JsonSubTypes.Type(value = Event.Granted.class, name = "granted"),
    @JsonSubTypes.Type(value = Event.Extended.class, name = "extended"),
    @JsonSubTypes.Type(value = Event.Released.class, name = "released"),
    @JsonSubTypes.Type(value = Event.LoopEnded.class, name = "loopEnded"),
    @JsonSubTypes.Type(value = Event.Waiting.class, name = "waiting"),
    @JsonSubTypes.Type(value = Event.Holding.class, name = "holding"),
    @JsonSubTypes.Type(value = Event.LetGone.class, name = "letGone"),
    @JsonSubTypes.Type(value = Event.TaskFailed.class, name = "taskFailed"),
    @JsonSubTypes.Type(value = Event.Happened.class, name = "happened"),
    @JsonSubTypes.Type(value = Event.StoreAsked.class, name = "storeAsked"),
    @JsonSubTypes.Type(value = Event.WorkEnded.class, name = "workEnded"),
    @JsonSubTypes.Type(value = Event.LoadEnded.class, name = "loadEnded"),
    @JsonSubTypes.Type(value = Event.LeasesAcquired.class, name = "leasesAcquired"),
    @JsonSubTypes.Type(value = Event.LeasesKept.class, name = "leasesKept"),
    @JsonSubTypes.Type(value = Event.LeasesReleased.class, name = "leasesReleased")
})
public sealed interface Event {
    /** The client is open. */
    record Ready(long pid) implements Event {}

    /** The clock stood at {@code nanos} when it was asked for. */
    record Clock(long nanos) implements Event {}

    /**
     * A lock was granted.
     *
     * @param grant its number, unique in the worker
     * @param thread number of the thread that asked
     * @param calledNanos when it asked
     * @param attemptNanos when the attempt that succeeded was invoked
     * @param grantedNanos when the call returned
     * @param validUntilNanos end of its validity so far
     */
    record Granted(
            long grant,
            int thread,
            String lock,
            long token,
            long calledNanos,
            long attemptNanos,
            long grantedNanos,
            long validUntilNanos)
            implements Event {}

    /** A grant that is still held was renewed. */
    record Extended(long grant, long validUntilNanos) implements Event {}

    /**
     * A grant was given back.
     *
     * @param releasedNanos when its release was invoked
     * @param validUntilNanos end of its validity at that time
     */
    record Released(long grant, long releasedNanos, long validUntilNanos) implements Event {}

    /**
     * A loop ended by its time or by {@link Command.Stop}.
     *
     * @param timeouts calls that waited in vain
     * @param failures calls that ended unavailable or with an unknown outcome
     * @param lastFailure one of these failures, for messages; empty if there were none
     * @param grantsByThread how many grants each thread got
     */
    record LoopEnded(long task, long timeouts, long failures, String lastFailure, List<Long> grantsByThread)
            implements Event, OfTask {
        public LoopEnded {
            grantsByThread = List.copyOf(grantsByThread);
        }
    }

    /** A hold is about to ask for its lock. */
    record Waiting(long task) implements Event, OfTask {}

    /** A hold has its lock since {@code grantedNanos}. */
    record Holding(long task, long grantedNanos) implements Event, OfTask {}

    /** A hold has given its lock back; the release was invoked at {@code releasedNanos}. */
    record LetGone(long task, long releasedNanos) implements Event, OfTask {}

    /** A task ended with a failure. */
    record TaskFailed(long task, String message) implements Event, OfTask {}

    /**
     * A line of a history: the beginning or the end of one operation, or something that was seen.
     *
     * @param nanos when
     * @param thread of the worker
     * @param type {@code invoke}, {@code ok}, {@code fail} or {@code info}
     * @param op the operation
     * @param id of the operation, unique in the worker; zero if it is none
     * @param fields whatever else there is to say
     */
    record Happened(long nanos, int thread, String type, String op, long id, Map<String, Object> fields)
            implements Event {
        public Happened {
            fields = Map.copyOf(fields);
        }
    }

    /**
     * A holder asks the protected store, which is where the run is.
     *
     * @param request a number, unique in the worker
     * @param op {@code read} or {@code write}
     * @param token of its lease
     * @param grant the operation that gave the lease
     * @param base what a writer had read of the copy that looks at tokens
     * @param twinBase what it had read of the other copy
     * @param twinUpdates how often the other copy had been written then
     */
    record StoreAsked(
            long request, String op, String lock, long token, long grant, long base, long twinBase, long twinUpdates)
            implements Event {}

    /** All threads of {@link Command.Work} have come to rest. */
    record WorkEnded(long task) implements Event, OfTask {}

    /**
     * All operations of {@link Command.Load} are over, and their histograms written.
     *
     * @param planned operations of this worker
     * @param granted that got their lock
     * @param inTime that got it before the end of the plan
     * @param late that began more than a millisecond after their planned start
     * @param backlog that had not begun at the end of the plan, though all were due
     * @param contended that waited in vain
     * @param unavailable that the backend could not decide
     * @param unknown of which nobody knows what they did
     * @param unstarted that were given up because they could not begin even a second after the end of the plan
     * @param lastGrantNanos when the last grant came; {@link Long#MIN_VALUE} if there was none
     * @param lastFailure one of those that were unavailable or unknown; empty if there were none
     */
    record LoadEnded(
            long task,
            long planned,
            long granted,
            long inTime,
            long late,
            long backlog,
            long contended,
            long unavailable,
            long unknown,
            long unstarted,
            long lastGrantNanos,
            String lastFailure)
            implements Event, OfTask {}

    /**
     * The locks of {@link Command.KeepLeases} are held, as far as they were to be had.
     *
     * @param acquired how many are held
     * @param failed calls that ended without a lease
     * @param unasked locks that were not asked for because the time was over
     * @param lastFailure one of the failures; empty if there were none
     * @param nanos from the first call to the last answer
     * @param renewals confirmed already by then
     * @param heapBytes by which the heap grew, after collections of garbage before and after
     */
    record LeasesAcquired(
            long task,
            int acquired,
            int failed,
            int unasked,
            String lastFailure,
            long nanos,
            long renewals,
            long heapBytes)
            implements Event, OfTask {}

    /**
     * Leases were kept for a while.
     *
     * @param nanos for how long
     * @param renewed confirmed renewals
     * @param failed renewals of which nobody knows
     * @param lost leases lost since the first of them was acquired
     * @param p50Nanos median time from the request to the answer of those that were confirmed; 0 if there were none
     * @param p99Nanos the time that 99 of 100 do not exceed
     * @param maxNanos the longest
     * @param cpuNanos that this process used
     * @param bucketMillis length of the buckets
     * @param buckets how many renewals were sent in each
     */
    record LeasesKept(
            long task,
            long nanos,
            long renewed,
            long failed,
            long lost,
            long p50Nanos,
            long p99Nanos,
            long maxNanos,
            long cpuNanos,
            long bucketMillis,
            List<Long> buckets)
            implements Event, OfTask {
        public LeasesKept {
            buckets = List.copyOf(buckets);
        }
    }

    /**
     * Leases were given back, and their client is closed.
     *
     * @param released that the backend confirmed
     * @param notReleased whose release found nothing or was not answered
     * @param nanos from the first call to the last answer
     * @param lost leases lost since the first of them was acquired
     */
    record LeasesReleased(long task, int released, int notReleased, long nanos, long lost) implements Event, OfTask {}

    /** An event that belongs to the command of that number. */
    sealed interface OfTask extends Event {
        long task();
    }
}
