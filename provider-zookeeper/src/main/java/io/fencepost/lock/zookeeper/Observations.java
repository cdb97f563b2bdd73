package io.fencepost.lock.zookeeper;

import io.fencepost.lock.Subscription;
import io.fencepost.lock.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * What this client saw of locks that others hold: the contender's clock, by which a silent holder is thrown out, and the wake-ups.
 *
 * <p>A watch is set by reading a znode that exists, never on one that does not, and always with this one object as the watcher: so there is at most one a path, and
 * each ends with its znode. ZooKeeper delivers the event of a change before it answers a later request with what came after the change; the driver sets
 * the watches of a session again when it reconnects. So while a path is armed, what was seen of it is what the server still had when it last answered.
 *
 * <p>Clients that hand a lock on write it with every grant. Whoever waits need not read each of these: the next look comes a {@link Seen#pace} after the last, and only the end of
 * the znode is watched until then, by the watch that reads of children set, which a write does not trigger. The clock of a renewal starts later by no more than that.
 *
 * <p>Bounded: beyond {@value #MOST} paths those longest untouched, without a subscriber, are forgotten.
 */
final class Observations implements Watcher {
    private static final int MOST = 10_000;
    private static final Duration INTEREST = Duration.ofSeconds(5);

    private final Connection connection;
    private final TimeSource timeSource;
    private final Map<String, Observation> byPath = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Observation {
        private @Nullable Seen seen;
        private boolean armed;
        private boolean endWatched;
        private boolean lookPlanned;
        private boolean news;
        private long touchedAt;
        private long lookedAt;
        private final List<Runnable> subscribers = new ArrayList<>(1);
    }

    Observations(Connection connection, TimeSource timeSource) {
        this.connection = connection;
        this.timeSource = timeSource;
    }

    /** The last that was seen of the lock, unless it is known to be gone. A contender asks, so that it will be followed for a while. */
    synchronized @Nullable Seen seen(String path) {
        Observation observation = byPath.get(path);
        if (observation == null) {
            return null;
        }
        observation.touchedAt = timeSource.nanoTime();
        return observation.seen;
    }

    /** As {@link #seen}, if any change since would have been told. */
    synchronized @Nullable Seen watched(String path) {
        Observation observation = byPath.get(path);
        return observation != null && observation.armed ? seen(path) : null;
    }

    /** A read of the znode, which set a watch, was answered. */
    synchronized Seen saw(String path, Seen now) {
        return merged(path, now, true);
    }

    /** A read of the znode, which set no watch, was answered: good for the contender's clock, but a change will not be told. */
    synchronized Seen noted(String path, Seen now) {
        return merged(path, now, false);
    }

    private Seen merged(String path, Seen now, boolean watched) {
        Observation observation = byPath.computeIfAbsent(path, unused -> new Observation());
        Seen before = observation.seen;
        Seen merged = before != null && before.isSame(now) ? before.again(now.checkedAt()) : now;
        observation.seen = merged;
        observation.armed |= watched;
        observation.lookedAt = now.checkedAt();
        observation.news = false;
        observation.touchedAt = now.checkedAt();
        evict();
        return merged;
    }

    /** The lock was held still when a server answered just now. */
    synchronized void confirmed(String path, Seen same) {
        Observation observation = byPath.get(path);
        Seen seen = observation == null ? null : observation.seen;
        if (observation != null && seen != null && seen.isSame(same)) {
            observation.seen = seen.again(timeSource.nanoTime());
        }
    }

    private void evict() {
        if (byPath.size() > MOST) {
            byPath.values().stream()
                    .filter(observation -> observation.subscribers.isEmpty())
                    .findFirst()
                    .ifPresent(byPath.values()::remove);
        }
    }

    /** What was seen is no longer so; the next contender has to look. */
    synchronized void outdated(String path) {
        Observation observation = byPath.get(path);
        if (observation != null) {
            observation.seen = null;
            observation.armed = false;
            observation.endWatched = false;
            if (observation.subscribers.isEmpty()) {
                byPath.remove(path);
            }
        }
    }

    /** Whether the lock's end was told since it was last seen, or since this was last asked. */
    synchronized boolean takeNews(String path) {
        Observation observation = byPath.get(path);
        if (observation == null || !observation.news) {
            return false;
        }
        observation.news = false;
        return true;
    }

    /** The lock is free, or was. */
    void gone(String path) {
        List<Runnable> woken;
        synchronized (this) {
            Observation observation = byPath.get(path);
            if (observation == null) {
                return;
            }
            woken = List.copyOf(observation.subscribers);
            outdated(path);
            observation.news = true;
        }
        woken.forEach(Runnable::run);
    }

    /** @param look whether to look at once, unless the lock is watched; who knows that it is free need not */
    Subscription subscribe(String path, Runnable wakeUp, boolean look) {
        // an identity of its own, so that closing takes back this registration and no other of the same action
        Runnable subscriber = () -> wakeUp.run();
        boolean armed;
        synchronized (this) {
            Observation observation = byPath.computeIfAbsent(path, unused -> new Observation());
            observation.subscribers.add(subscriber);
            armed = observation.armed;
        }
        if (look && !armed) {
            look(path);
        }
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.compareAndSet(true, false)) {
                unsubscribe(path, subscriber);
            }
        };
    }

    private synchronized void unsubscribe(String path, Runnable subscriber) {
        Observation observation = byPath.get(path);
        if (observation != null) {
            observation.subscribers.remove(subscriber);
            observation.touchedAt = timeSource.nanoTime();
            if (observation.subscribers.isEmpty() && observation.seen == null) {
                byPath.remove(path);
            }
        }
    }

    /** Reads the znode and watches it. Without a connection nothing happens: the contender's next try looks again. */
    private void look(String path) {
        ZooKeeper zk = connection.connected();
        if (zk == null) {
            return;
        }
        zk.getData(
                path,
                this,
                (rc, p, context, data, stat) -> {
                    KeeperException.Code code = KeeperException.Code.get(rc);
                    if (code == KeeperException.Code.OK) {
                        saw(path, Seen.of(stat, data, timeSource.nanoTime()));
                    } else if (code == KeeperException.Code.NONODE) {
                        gone(path);
                    }
                },
                null);
    }

    @Override
    public void process(WatchedEvent event) {
        String path = event.getPath();
        if (path == null) {
            return;
        }
        switch (event.getType()) {
            case NodeDeleted -> gone(path);
            case NodeDataChanged -> renewed(path);
            default -> outdated(path);
        }
    }

    /** Looks again while somebody contends: the ttl counts from when the renewal was seen. */
    private void renewed(String path) {
        Duration wait;
        boolean endWatched;
        synchronized (this) {
            Observation observation = byPath.get(path);
            if (observation == null) {
                return;
            }
            observation.armed = false;
            if (!isWanted(observation)) {
                byPath.remove(path);
                return;
            }
            if (observation.lookPlanned) {
                return;
            }
            Duration pace = observation.seen == null ? Duration.ZERO : observation.seen.pace();
            wait = pace.minusNanos(timeSource.nanoTime() - observation.lookedAt);
            observation.lookPlanned = wait.compareTo(Duration.ZERO) > 0;
            endWatched = observation.endWatched;
            observation.endWatched |= observation.lookPlanned;
        }
        if (wait.compareTo(Duration.ZERO) <= 0 || connection.after(wait, () -> plannedLook(path)) == null) {
            plannedLook(path);
        } else if (!endWatched) {
            watchEnd(path);
        }
    }

    private boolean isWanted(Observation observation) {
        return !observation.subscribers.isEmpty() || timeSource.nanoTime() - observation.touchedAt < INTEREST.toNanos();
    }

    private void plannedLook(String path) {
        boolean wanted;
        synchronized (this) {
            Observation observation = byPath.get(path);
            if (observation == null) {
                return;
            }
            observation.lookPlanned = false;
            wanted = !observation.armed && isWanted(observation);
        }
        if (wanted) {
            look(path);
        }
    }

    private void watchEnd(String path) {
        ZooKeeper zk = connection.connected();
        if (zk == null) {
            endUnwatched(path);
            return;
        }
        zk.getChildren(
                path,
                this,
                (rc, p, context, children) -> {
                    KeeperException.Code code = KeeperException.Code.get(rc);
                    if (code == KeeperException.Code.NONODE) {
                        gone(path);
                    } else if (code != KeeperException.Code.OK) {
                        endUnwatched(path);
                    }
                },
                null);
    }

    private synchronized void endUnwatched(String path) {
        Observation observation = byPath.get(path);
        if (observation != null) {
            observation.endWatched = false;
        }
    }

    /** The session that set the watches has ended: who waits must look for itself. */
    void sessionEnded() {
        List<Runnable> woken = new ArrayList<>();
        synchronized (this) {
            byPath.values().forEach(observation -> {
                observation.armed = false;
                observation.endWatched = false;
                woken.addAll(observation.subscribers);
            });
        }
        woken.forEach(Runnable::run);
    }
}
