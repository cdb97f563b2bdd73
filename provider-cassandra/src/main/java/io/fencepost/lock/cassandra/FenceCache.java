package io.fencepost.lock.cassandra;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fence that this client last saw of each lock, so that an uncontended attempt needs one round. Only a guess: the server refuses a stale one and answers
 * with the right one. Keeps the locks used last. Thread-safe.
 */
final class FenceCache {
    static final int DEFAULT_CAPACITY = 10_000;

    private final Map<String, Long> fences;

    @SuppressWarnings("serial")
    FenceCache(int capacity) {
        this.fences = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                return size() > capacity;
            }
        };
    }

    synchronized @Nullable Long get(String name) {
        return fences.get(name);
    }

    /** @param fence null where the lock has no row */
    synchronized void put(String name, @Nullable Long fence) {
        if (fence == null) {
            fences.remove(name);
        } else {
            fences.put(name, fence);
        }
    }
}
