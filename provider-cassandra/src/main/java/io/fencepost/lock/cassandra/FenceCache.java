package io.fencepost.lock.cassandra;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fence that this client last saw of each lock, so that an uncontended attempt needs one round, and whether somebody else held it then, so that a contended one begins with
 * a look. Only guesses: the server refuses a stale fence and answers with the right one. Keeps the locks used last. Thread-safe.
 */
final class FenceCache {
    static final int DEFAULT_CAPACITY = 10_000;

    private final Map<String, Seen> locks;

    private record Seen(long fence, boolean heldElsewhere) {}

    @SuppressWarnings("serial")
    FenceCache(int capacity) {
        this.locks = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
                return size() > capacity;
            }
        };
    }

    synchronized @Nullable Long get(String name) {
        Seen seen = locks.get(name);
        return seen == null ? null : seen.fence();
    }

    /** Whether the lock was somebody else's when this client last heard of it. */
    synchronized boolean isHeldElsewhere(String name) {
        Seen seen = locks.get(name);
        return seen != null && seen.heldElsewhere();
    }

    /**
     * The lock is free, or this client's.
     *
     * @param fence null where the lock has no row
     */
    void put(String name, @Nullable Long fence) {
        put(name, fence, false);
    }

    void putHeldElsewhere(String name, @Nullable Long fence) {
        put(name, fence, true);
    }

    private synchronized void put(String name, @Nullable Long fence, boolean heldElsewhere) {
        if (fence == null) {
            locks.remove(name);
        } else {
            locks.put(name, new Seen(fence, heldElsewhere));
        }
    }
}
