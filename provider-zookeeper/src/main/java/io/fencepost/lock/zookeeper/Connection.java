package io.fencepost.lock.zookeeper;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.CuratorZookeeperClient;
import org.apache.curator.ensemble.fixed.FixedEnsembleProvider;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one session of a client, and its successors: Curator makes a new one when the ensemble has ended the old. A {@link ZooKeeper} object stands for one session from
 * its beginning to its end, so sessions are compared by it.
 *
 * <p>Operations that find no connection wait here for the next one. A server that holds the connection but says nothing is left after half an operation timeout,
 * instead of the two thirds of a session timeout that the driver would wait, so that one stopped server does not stop its clients.
 */
final class Connection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Connection.class);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int CLOSE_MILLIS = 2_000;
    private static final int HURRY_MILLIS = 500;
    private static final int LINGER_MILLIS = 1_000;

    private final String name;
    private final Settings settings;
    private final ScheduledThreadPoolExecutor timer;
    private final CuratorZookeeperClient curator;
    private final Set<Operation<?>> active = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<ZooKeeper> firstConnected = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final long patienceNanos;
    private volatile @Nullable ZooKeeper session;
    private volatile Runnable onNewSession = () -> {};
    /** When a server was last heard, or given up. */
    private volatile long lastSign = System.nanoTime();

    Connection(Settings settings) {
        this.settings = settings;
        this.name = "fencepost-" + ZooKeeperLockProvider.SCHEME + "-" + NUMBERS.incrementAndGet();
        this.patienceNanos = settings.operationTimeout().toNanos() / 2;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.curator = new CuratorZookeeperClient(
                this::newSession,
                new FixedEnsembleProvider(settings.connectString()),
                (int) settings.sessionTimeout().toMillis(),
                (int) Math.min(
                        settings.connectTimeout().toMillis(),
                        settings.sessionTimeout().toMillis()),
                LINGER_MILLIS,
                this::changed,
                // required by Curator and never used: operations retry on their own, with the care that each needs
                new RetryForever(1_000),
                false);
    }

    /**
     * @return the session, connected
     * @throws TimeoutException if no server accepted the session in time
     */
    ZooKeeper start(Duration limit) throws InterruptedException, TimeoutException {
        try {
            // the driver names its threads after the one that creates it
            timer.execute(this::startCurator);
            long beat = patienceNanos / 5;
            timer.scheduleWithFixedDelay(this::watch, beat, beat, TimeUnit.NANOSECONDS);
            return firstConnected.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the driver could not be started", e.getCause());
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private void startCurator() {
        try {
            curator.start();
        } catch (Exception e) {
            firstConnected.completeExceptionally(e);
        }
    }

    private ZooKeeper newSession(String connectString, int timeoutMillis, Watcher watcher, boolean canBeReadOnly)
            throws IOException, InterruptedException {
        Duration patience = min(
                settings.connectTimeout().dividedBy(3),
                settings.operationTimeout().dividedBy(2));
        Hosts hosts = new Hosts(connectString, settings.sessionTimeout(), patience);
        ZooKeeper zk = new ZooKeeper(connectString, timeoutMillis, watcher, canBeReadOnly, hosts);
        settings.digest().ifPresent(secret -> zk.addAuthInfo("digest", secret));
        session = zk;
        if (closed.get()) {
            // the old session ended while this client was being closed
            zk.close();
        }
        // the first event may have come before the assignment
        if (zk.getState().isConnected()) {
            connected(zk);
        }
        return zk;
    }

    private void changed(WatchedEvent event) {
        if (event.getType() != Watcher.Event.EventType.None) {
            return;
        }
        lastSign = System.nanoTime();
        switch (event.getState()) {
            case SyncConnected -> {
                ZooKeeper zk = session;
                if (zk != null) {
                    connected(zk);
                }
            }
            case Expired -> {
                log.warn("{}: the ensemble ended the session; its locks are lost, a new session begins", settings);
                onNewSession.run();
            }
            case Disconnected -> log.info("{}: disconnected, reconnecting", settings);
            default -> log.debug("{}: {}", settings, event);
        }
    }

    private void connected(ZooKeeper zk) {
        firstConnected.complete(zk);
        active.forEach(Operation::resume);
    }

    /** Run when a session ended and the next has begun; nothing that was watched is watched any more. */
    void onNewSession(Runnable action) {
        onNewSession = action;
    }

    /** The session if a server serves it now, else null. */
    @Nullable
    ZooKeeper connected() {
        ZooKeeper zk = session;
        return zk != null && zk.getState().isConnected() ? zk : null;
    }

    /** What the ensemble granted to the present session. */
    Duration sessionTimeout() {
        ZooKeeper zk = session;
        return zk == null ? settings.sessionTimeout() : Duration.ofMillis(zk.getSessionTimeout());
    }

    boolean isClosed() {
        return closed.get();
    }

    void add(Operation<?> operation) {
        active.add(operation);
        if (closed.get()) {
            operation.expire();
        }
    }

    void remove(Operation<?> operation) {
        active.remove(operation);
    }

    /** A server answered something. */
    void heard() {
        lastSign = System.nanoTime();
    }

    /** @return to be cancelled; null when closed */
    @Nullable
    Future<?> after(Duration delay, Runnable task) {
        try {
            return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    private void watch() {
        if (closed.get()) {
            return;
        }
        try {
            ZooKeeper zk = session;
            if (zk == null || !zk.getState().isAlive()) {
                // Curator could not make the next session, for want of a file handle for instance; asking it tries
                // again
                curator.getZooKeeper();
                return;
            }
            long now = System.nanoTime();
            boolean silent = zk.getState().isConnected() && now - lastSign > patienceNanos;
            if (silent && active.stream().anyMatch(operation -> operation.hasWaited(now, patienceNanos))) {
                log.info("{}: the server is silent, trying another one", settings);
                lastSign = now;
                // the only way that the driver offers to leave a server that it believes in
                zk.getTestable().closeSocket();
                // the driver's thread sleeps in its selector until there is something to send
                zk.exists("/", false, (rc, path, context, stat) -> {}, null);
            }
        } catch (Exception e) {
            log.warn("{}: no connection: {}", settings, e.toString());
        }
    }

    /**
     * Ends the session, which frees its locks at once if a server is reachable; else the ensemble ends it at its timeout. Where no server was ever reached, a thread
     * of the driver may sleep for a second more between two tries to connect.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long farewellMillis = firstConnected.isDone() ? CLOSE_MILLIS : 0;
        Thread closing = new Thread(curator::close, name + "-close");
        closing.setDaemon(true);
        closing.start();
        boolean interrupted = joined(closing, farewellMillis);
        if (closing.isAlive()) {
            // the driver stops waiting for the server's farewell and ends its threads
            closing.interrupt();
            interrupted |= joined(closing, HURRY_MILLIS);
        }
        timer.shutdownNow();
        active.forEach(Operation::expire);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits even if interrupted: the caller of close wants no threads left behind. */
    private static boolean joined(Thread thread, long millis) {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; left > 0 && thread.isAlive(); ) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
        return interrupted;
    }
}
