package io.fencepost.scenarios.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A few workers on one backend, replaced when they died. They are killed when this JVM ends, however it does. For use by one thread. */
public final class WorkerPool implements AutoCloseable {
    private final String uri;
    private final GrantLog grants;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final Set<WorkerProcess> everStarted = ConcurrentHashMap.newKeySet();
    private final Thread killer;
    private int started;

    /** @param uri that every worker opens */
    public WorkerPool(String uri, GrantLog grants) {
        this.uri = uri;
        this.grants = grants;
        // a worker exits by itself when we are gone; this only makes it quick
        killer = new Thread(() -> everStarted.forEach(WorkerProcess::killAtOnce), "worker-killer");
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /**
     * That many live workers; those that died are replaced by new ones.
     *
     * @throws WorkerException if one does not come up
     */
    public List<WorkerProcess> workers(int count) throws WorkerException, InterruptedException {
        for (int i = 0; i < count; i++) {
            if (i >= workers.size()) {
                workers.add(startOne());
            } else if (!workers.get(i).isAlive()) {
                workers.set(i, startOne());
            }
        }
        return List.copyOf(workers.subList(0, count));
    }

    private WorkerProcess startOne() throws WorkerException, InterruptedException {
        started++;
        WorkerProcess worker = WorkerProcess.start("w" + started, uri, grants);
        everStarted.add(worker);
        return worker;
    }

    /** Ends all workers at once: after a failure nobody knows what they are doing. The next call of {@link #workers} starts new ones. */
    public void discard() throws InterruptedException {
        for (WorkerProcess worker : workers) {
            worker.kill();
        }
        workers.clear();
    }

    @Override
    public void close() {
        workers.forEach(WorkerProcess::close);
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // the JVM is ending: the hook is at work
        }
    }
}
