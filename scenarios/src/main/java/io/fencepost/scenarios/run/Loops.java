package io.fencepost.scenarios.run;

import io.fencepost.scenarios.worker.Command;
import io.fencepost.scenarios.worker.Event;
import io.fencepost.scenarios.worker.WorkerException;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The same loop in several workers, from the same instant on. */
final class Loops {
    private static final Duration LEAD = Duration.ofMillis(300);
    /** How long after its end a loop may still wait for an operation of its backend. */
    private static final Duration END_LIMIT = Duration.ofSeconds(45);

    private final List<WorkerProcess> workers;
    private final long task;
    private final long startNanos;
    private final long stopNanos;

    private Loops(List<WorkerProcess> workers, long task, long startNanos, long stopNanos) {
        this.workers = workers;
        this.task = task;
        this.startNanos = startNanos;
        this.stopNanos = stopNanos;
    }

    /**
     * Starts the loops.
     *
     * @param threads in each worker
     * @param length at most
     */
    static Loops start(
            List<WorkerProcess> workers,
            List<String> locks,
            int threads,
            Duration ttl,
            Duration wait,
            Duration length,
            SplittableRandom random)
            throws WorkerException {
        long start = System.nanoTime() + LEAD.toNanos();
        long stop = start + length.toNanos();
        long task = Tasks.next();
        for (WorkerProcess worker : workers) {
            worker.send(new Command.Loop(
                    task, locks, threads, ttl.toMillis(), wait.toMillis(), start, stop, random.nextLong()));
        }
        return new Loops(workers, task, start, stop);
    }

    /** The instant of their start. */
    long startNanos() {
        return startNanos;
    }

    /** The instant at which they end by themselves. */
    long stopNanos() {
        return stopNanos;
    }

    /** Ends them early. */
    void stop() throws WorkerException {
        for (WorkerProcess worker : workers) {
            worker.send(new Command.Stop(task));
        }
    }

    /** Waits for their end, and returns what each worker says of it. */
    List<Event.LoopEnded> awaitEnd() throws WorkerException, InterruptedException {
        List<Event.LoopEnded> ends = new ArrayList<>();
        for (WorkerProcess worker : workers) {
            Duration left = Duration.ofNanos(Math.max(0, stopNanos - System.nanoTime()));
            ends.add(worker.await(Event.LoopEnded.class, task, left.plus(END_LIMIT)));
        }
        return ends;
    }
}
