package io.fencepost.lock.zookeeper;

import io.fencepost.lock.Subscription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fair mode: who of this client waits in which queue, and what is believed of the queues. One object is the watcher of all entries, so that there is at most one watch an
 * entry, which ends with it.
 */
final class Queues implements Watcher {
    private static final Logger log = LoggerFactory.getLogger(Queues.class);

    /** Of how many locks something is believed; beyond it, those longest unused are forgotten. */
    private static final int MOST = 1_000;

    private final ZooKeeperBackend backend;
    private final Connection connection;
    private final LockPaths paths;
    private final Map<String, Place> placesByFolder = new ConcurrentHashMap<>();
    private final Map<String, Line> lines = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Line> eldest) {
            return size() > MOST;
        }
    };

    Queues(ZooKeeperBackend backend, Connection connection) {
        this.backend = backend;
        this.connection = connection;
        this.paths = backend.paths();
    }

    Line line(String name) {
        synchronized (lines) {
            return lines.computeIfAbsent(name, unused -> new Line(paths.queue(name)));
        }
    }

    /** Where this client waits for the lock; null if it does not. */
    @Nullable
    Place place(String name) {
        return placesByFolder.get(paths.queue(name));
    }

    /** A place in line for an attempt of which it is not known whether it is to wait; ends soon unless somebody subscribes. */
    Place trial(String name) {
        return placesByFolder.computeIfAbsent(
                paths.queue(name), unused -> new Place(backend, connection, this, name, line(name)));
    }

    Subscription enter(String name, Runnable wakeUp) {
        Place place = trial(name);
        while (!place.adopt(wakeUp)) {
            // it is over, or another subscription's
            place = new Place(backend, connection, this, name, line(name));
            placesByFolder.put(place.line().folder(), place);
        }
        return place;
    }

    void closed(String name, Place place) {
        placesByFolder.remove(paths.queue(name), place);
    }

    /** Looks, before other requests of the same moment, whether anybody waits. */
    void glance(ZooKeeper zk, String name) {
        Line line = line(name);
        zk.exists(
                line.folder(),
                false,
                (rc, path, context, stat) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK || code == Code.NONODE) {
                        line.exists(code == Code.OK);
                        line.crowded(code == Code.OK && stat.getNumChildren() > 0);
                    }
                },
                null);
    }

    /** Lets the next one go on in the place of a first that does nothing. */
    CompletionStage<Boolean> removeIdle(String name, String path) {
        log.info("zookeeper: the first in line for lock '{}' does not take it; its entry {} is removed", name, path);
        return new LeaveOperation(connection, path).start();
    }

    @Override
    public void process(WatchedEvent event) {
        String path = event.getPath();
        if (path != null && event.getType() == Event.EventType.NodeDeleted) {
            Place place = placesByFolder.get(path.substring(0, path.lastIndexOf('/')));
            if (place != null) {
                place.gone(path);
            }
        }
    }

    void sessionEnded() {
        List.copyOf(placesByFolder.values()).forEach(Place::sessionEnded);
    }
}
