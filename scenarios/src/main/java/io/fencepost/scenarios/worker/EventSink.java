package io.fencepost.scenarios.worker;

/** Sees the events of workers as they arrive. Called by one thread a worker. */
@FunctionalInterface
public interface EventSink {
    /**
     * An event arrived.
     *
     * @return whether that was all; otherwise it waits to be asked for
     */
    boolean take(WorkerProcess worker, Event event);
}
