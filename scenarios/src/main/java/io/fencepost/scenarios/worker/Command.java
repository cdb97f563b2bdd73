package io.fencepost.scenarios.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** What a run tells a worker, one a line on its stdin. At the end of stdin the worker closes its client and exits. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Command.ReadClock.class, name = "readClock"),
    @JsonSubTypes.Type(value = Command.Loop.class, name = "loop"),
    @JsonSubTypes.Type(value = Command.Stop.class, name = "stop"),
    @JsonSubTypes.Type(value = Command.Hold.class, name = "hold"),
    @JsonSubTypes.Type(value = Command.LetGo.class, name = "letGo"),
    @JsonSubTypes.Type(value = Command.Work.class, name = "work"),
    @JsonSubTypes.Type(value = Command.StoreAnswer.class, name = "storeAnswer"),
    @JsonSubTypes.Type(value = Command.Load.class, name = "load"),
    @JsonSubTypes.Type(value = Command.KeepLeases.class, name = "keepLeases")
})
public sealed interface Command {
    /** Answer with {@link Event.Clock}. */
    record ReadClock() implements Command {}

    /**
     * Let threads acquire and release, without a pause, one of some locks drawn at random each time. Ends with {@link Event.LoopEnded}.
     *
     * @param task a number of this command, unique in the worker
     * @param locks to draw from
     * @param threads how many, from 1
     * @param ttlMillis of the leases
     * @param waitMillis how long one call may wait for its lock
     * @param startNanos when to begin, on the machine's monotonic clock
     * @param stopNanos when to end at the latest, on the same
     * @param seed of the draws
     */
    record Loop(
            long task,
            List<String> locks,
            int threads,
            long ttlMillis,
            long waitMillis,
            long startNanos,
            long stopNanos,
            long seed)
            implements Command {
        public Loop {
            locks = List.copyOf(locks);
            if (locks.isEmpty() || threads < 1) {
                throw new IllegalArgumentException("a loop needs a lock and a thread");
            }
        }
    }

    /** End the loop {@code task} now. */
    record Stop(long task) implements Command {}

    /**
     * Acquire one lock and hold it, renewed automatically, until told to let go. Says {@link Event.Waiting} before the call, and {@link Event.Holding} or
     * {@link Event.TaskFailed} after it.
     *
     * @param task a number of this command, unique in the worker
     * @param waitMillis how long the call may wait for the lock
     */
    record Hold(long task, String lock, long ttlMillis, long waitMillis) implements Command {}

    /** Release the lock of the hold {@code task}; answered by {@link Event.LetGone}. */
    record LetGo(long task) implements Command {}

    /**
     * Let threads acquire, read the protected store, work, write to it and release, over and over until told to stop, and report each operation when it
     * begins and when it ends. Ends with {@link Event.WorkEnded}.
     *
     * @param task a number of this command, unique in the worker
     * @param locks to draw from
     * @param threads how many, from 1
     * @param intervalNanos between two beginnings of one thread, at least
     * @param ttlMillis of the leases
     * @param holdMillis how long the work takes on average
     * @param longHolds which part of the holds takes one and a half ttl instead
     * @param patienceMillis how long one call may wait for its lock
     * @param cancels which part of the calls is given up while it waits
     * @param checkGapMillis from the last look at the lease to the write
     * @param seed of what is drawn
     */
    record Work(
            long task,
            List<String> locks,
            int threads,
            long intervalNanos,
            long ttlMillis,
            long holdMillis,
            double longHolds,
            long patienceMillis,
            double cancels,
            long checkGapMillis,
            long seed)
            implements Command {
        public Work {
            locks = List.copyOf(locks);
            if (locks.isEmpty() || threads < 1) {
                throw new IllegalArgumentException("work needs a lock and a thread");
            }
        }
    }

    /**
     * What the protected store answered to {@link Event.StoreAsked}.
     *
     * @param request its number
     * @param accepted whether the copy that looks at tokens took it
     * @param value of that copy
     * @param twinValue of the copy that does not look
     * @param twinUpdates how often that one was written so far
     */
    record StoreAnswer(long request, boolean accepted, long value, long twinValue, long twinUpdates)
            implements Command {}

    /**
     * Begin operations at planned instants, whether those before them are over or not: acquire, hold, release. Ends with {@link Event.LoadEnded}.
     *
     * @param task a number of this command, unique in the worker
     * @param locks of which each operation uses one, drawn at random
     * @param threads how many operations can be under way at a time, from 1
     * @param ttlMillis of the leases
     * @param waitMillis how long one call may wait for its lock
     * @param holdMicros from the grant to the release; 0 for none
     * @param arrivals how the plan is made
     * @param rate operations a second of all workers together
     * @param lengthNanos of the plan
     * @param share which part of the plan is this worker's, from 0
     * @param shares how many workers share the plan
     * @param startNanos when the plan begins, on the machine's monotonic clock
     * @param seed of the plan, the same for all workers
     * @param log where the histograms go, a file of {@link LoadTag}s
     */
    record Load(
            long task,
            List<String> locks,
            int threads,
            long ttlMillis,
            long waitMillis,
            long holdMicros,
            Arrivals arrivals,
            double rate,
            long lengthNanos,
            int share,
            int shares,
            long startNanos,
            long seed,
            String log)
            implements Command {
        public Load {
            locks = List.copyOf(locks);
            if (locks.isEmpty() || threads < 1) {
                throw new IllegalArgumentException("a load needs a lock and a thread");
            }
            if (share < 0 || share >= shares) {
                throw new IllegalArgumentException("share " + share + " of " + shares + " is none");
            }
        }
    }

    /**
     * Acquire many locks with a client of its own, keep them by automatic renewal for a while, and release them. Says {@link Event.LeasesAcquired},
     * {@link Event.LeasesKept} and {@link Event.LeasesReleased}.
     *
     * @param task a number of this command, unique in the worker
     * @param prefix of the names of the locks
     * @param count how many, from 1
     * @param ttlMillis of the leases
     * @param inFlight how many calls may be under way at a time, from 1
     * @param acquireMillis how long acquiring may take in all; what is not granted then is not asked for
     * @param settleMillis from the last grant to the beginning of what is measured
     * @param keepMillis for how long renewals are measured
     */
    record KeepLeases(
            long task,
            String prefix,
            int count,
            long ttlMillis,
            int inFlight,
            long acquireMillis,
            long settleMillis,
            long keepMillis)
            implements Command {
        public KeepLeases {
            if (count < 1 || inFlight < 1) {
                throw new IllegalArgumentException("leases need a lock and a call under way");
            }
        }
    }
}
