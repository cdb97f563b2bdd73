package io.fencepost.lock.zookeeper;

import java.util.ArrayDeque;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Znodes of grants that this client has released, for its next grants: whoever takes one makes the lock's znode only. Each comes with a version that no grant has had. Thread-safe.
 */
final class SpareGrants {
    /** More would be of use to a client that takes more locks at the same moment. */
    private static final int MOST = 64;

    private final ArrayDeque<GrantName> names = new ArrayDeque<>();
    private @Nullable ZooKeeper session;

    /** @return null if there is none of that session */
    synchronized @Nullable GrantName take(ZooKeeper zk) {
        return zk == session ? names.pollLast() : null;
    }

    /** Whether {@link #keep} would most likely keep it. */
    synchronized boolean hasRoom() {
        return names.size() < MOST;
    }

    /** Keeps it unless there are enough; then it stays unused until the session ends. */
    synchronized void keep(ZooKeeper zk, GrantName name) {
        if (zk != session) {
            if (!zk.getState().isAlive()) {
                return;
            }
            names.clear();
            session = zk;
        }
        if (names.size() < MOST) {
            names.addLast(name);
        }
    }
}
