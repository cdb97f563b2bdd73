package io.fencepost.lock.core;

import java.util.concurrent.Executor;

/** Where user code runs: listeners and dependents of futures. Injected, so that tests need no threads. */
interface Callbacks extends Executor, AutoCloseable {
    /** Lets tasks under way finish. Later ones run in the calling thread. */
    @Override
    void close();
}
