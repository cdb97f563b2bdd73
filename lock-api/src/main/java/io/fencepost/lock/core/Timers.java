package io.fencepost.lock.core;

/** Runs tasks later. Injected, so that tests move time themselves. */
interface Timers extends AutoCloseable {
    /** One task that can be set to run, again and again. Thread-safe. */
    interface Alarm {
        /** The task runs once after {@code delayNanos}, at once if that is not positive, instead of when it was set to run before. */
        void set(long delayNanos);

        /** The task does not run, unless it has begun. */
        void cancel();
    }

    /** An alarm that is not set. */
    Alarm alarm(Runnable task);

    /** Nothing runs any more. */
    @Override
    void close();
}
