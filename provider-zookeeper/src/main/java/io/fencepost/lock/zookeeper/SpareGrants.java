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
    private int reserved;

    /** @return null if there is none of that session */
    synchronized @Nullable GrantName take(ZooKeeper zk) {
        return zk == session ? names.pollLast() : null;
    }

    /** Whether there is room for one more besides those that are on their way; then {@link #settle} must follow. */
    synchronized boolean reserve() {
        boolean room = names.size() + reserved < MOST;
        if (room) {
            reserved++;
        }
        return room;
    }

    /** What {@link #reserve} made room for has been kept, or will never be. */
    synchronized void settle() {
        reserved--;
    }

    /** @return false if there are enough, so that its znode is to be deleted; true also if it has gone with its session */
    synchronized boolean keep(ZooKeeper zk, GrantName name) {
        if (zk != session) {
            if (!zk.getState().isAlive()) {
                return true;
            }
            names.clear();
            session = zk;
        }
        boolean room = names.size() < MOST;
        if (room) {
            names.addLast(name);
        }
        return room;
    }
}
