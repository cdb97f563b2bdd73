package io.fencepost.lock.fencing;

import java.time.Duration;

/** Makes {@link FencedResource}s. */
public final class FencedResources {
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration SHORTEST = Duration.ofMillis(10);

    private FencedResources() {}

    /**
     * A resource over a store that can replace an entry on condition.
     *
     * @param name of store and place, for messages, such as {@code cassandra: app.orders}
     * @param timeout within which every call ends: 10 ms to 5 min
     * @throws IllegalArgumentException if the timeout is out of range
     */
    public static FencedResource over(FencedStore<?> store, String name, Duration timeout) {
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + ": the timeout is " + timeout + "; allowed are " + SHORTEST + " to " + LONGEST);
        }
        return new GuardedResource<>(store, name, timeout);
    }

    /** Values in this process's memory, empty at first and gone with it: for tests, and for what one process shares among its threads. */
    public static FencedResource inMemory() {
        return over(new MemoryFencedStore(), "memory", LONGEST);
    }
}
