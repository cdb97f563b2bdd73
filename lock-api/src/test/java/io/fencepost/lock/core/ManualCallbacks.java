package io.fencepost.lock.core;

import java.util.ArrayList;
import java.util.List;

/** Runs callbacks in the calling thread, or keeps them until the test lets them run. For tests of one thread. */
final class ManualCallbacks implements Callbacks {
    private final List<Runnable> kept = new ArrayList<>();
    private final List<String> closed;
    /** Runs in every call. */
    Runnable onCall = () -> {};

    private boolean keeping;

    ManualCallbacks(List<String> closed) {
        this.closed = closed;
    }

    /** From now on nothing runs before {@link #run}. */
    void keep() {
        keeping = true;
    }

    /** Runs what was kept, and what that brings. */
    void run() {
        while (!kept.isEmpty()) {
            kept.remove(0).run();
        }
    }

    @Override
    public void execute(Runnable task) {
        onCall.run();
        if (keeping) {
            kept.add(task);
        } else {
            task.run();
        }
    }

    @Override
    public void close() {
        closed.add("callbacks");
    }
}
