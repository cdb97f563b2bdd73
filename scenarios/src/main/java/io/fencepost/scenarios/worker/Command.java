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
    @JsonSubTypes.Type(value = Command.LetGo.class, name = "letGo")
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
}
