package io.fencepost.lock.core;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * {@link Callbacks} with one thread for each call under way, so that one that blocks delays no other (rule 6.3); idle
 * threads end after a few seconds.
 */
final class ThreadCallbacks implements Callbacks {
    private final ThreadPoolExecutor executor;

    ThreadCallbacks(String threadName) {
        executor = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 3, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException closed) {
            // after close only the user's own calls bring anything here; a completion must not be dropped
            task.run();
        }
    }

    /** Lets tasks under way finish; their threads end then. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
