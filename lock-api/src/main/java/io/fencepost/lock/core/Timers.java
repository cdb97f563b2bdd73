package io.fencepost.lock.core;

/** Runs tasks later. Injected, so that tests move time themselves. */
interface Timers extends AutoCloseable {
    /** Takes a task back; a task that has begun goes on. */
    interface Scheduled {
        void cancel();
    }

    /** Runs {@code task} once after {@code delayNanos}, at once if that is not positive. After {@link #close} nothing runs any more. */
    Scheduled schedule(Runnable task, long delayNanos);

    @Override
    void close();
}
