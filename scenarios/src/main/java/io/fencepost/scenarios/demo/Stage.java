package io.fencepost.scenarios.demo;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.scheduler.api.ApiOptions;
import io.fencepost.scheduler.api.ApiServer;
import io.fencepost.scheduler.observe.SchedulerMetrics;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the demonstration has started: lock servers, store, API, worker processes, a folder. Closing it ends and removes all of that, from any thread, also while something is being started:
 * that is how Ctrl-C works.
 */
final class Stage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Stage.class);

    private final DemoOptions options;
    private final Path folder;
    private final List<DemoWorker> workers = new CopyOnWriteArrayList<>();
    // guarded by this
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    Stage(DemoOptions options) throws IOException {
        this.options = options;
        this.folder = Files.createTempDirectory("fencepost-demo");
        keep(() -> delete(folder));
    }

    Path folder() {
        return folder;
    }

    Cluster startCluster() {
        return keep(Clusters.start(ClusterSpec.of(options.provider().kind())));
    }

    LockClient openLocks(String uri) {
        return keep(LockClients.open(uri));
    }

    String storeUri() {
        return options.store().orElse("sqlite:" + folder.resolve("jobs.db"));
    }

    JobStore openStore() {
        return keep(JobStores.open(storeUri()));
    }

    ApiServer startApi(JobStore store) {
        SchedulerMetrics metrics = keep(new SchedulerMetrics());
        metrics.watch(store);
        return keep(ApiServer.start(ApiOptions.DEFAULT.withPort(options.port()), store, metrics::scrape));
    }

    DemoWorker startWorker(String name, List<String> workerOptions) throws IOException {
        DemoWorker worker = DemoWorker.start(name, folder, workerOptions);
        workers.add(worker);
        keep(() -> kill(worker));
        return worker;
    }

    /** All that were started, the dead included. */
    List<DemoWorker> workers() {
        return List.copyOf(workers);
    }

    private synchronized <T extends AutoCloseable> T keep(T part) {
        if (closed) {
            close(part);
            throw new IllegalStateException("the demonstration is being ended");
        }
        open.push(part);
        return part;
    }

    @Override
    public void close() {
        end();
    }

    /** Ends everything, in the opposite order; idempotent. */
    synchronized void end() {
        closed = true;
        while (!open.isEmpty()) {
            close(open.pop());
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.warn("something was left behind", e);
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void kill(DemoWorker worker) throws InterruptedException {
        if (!worker.kill()) {
            throw new IllegalStateException("process " + worker.pid() + " survives SIGKILL");
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
