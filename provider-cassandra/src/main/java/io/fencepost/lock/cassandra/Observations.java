package io.fencepost.lock.cassandra;

import io.fencepost.lock.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Since when this client has seen holders silent, on its own monotonic clock. An old observation is as good as a new one, since taking over is conditional on
 * the term; a forgotten one only costs time. Keeps the locks looked at last. Thread-safe.
 */
final class Observations {
    static final int DEFAULT_CAPACITY = 50_000;

    private final TimeSource timeSource;
    private final Map<String, Seen> seen;

    /** @param since when an answer with this term first arrived: after its holder sent it in any case */
    private record Seen(Term term, long since) {}

    @SuppressWarnings("serial")
    Observations(TimeSource timeSource, int capacity) {
        this.timeSource = timeSource;
        this.seen = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
                return size() > capacity;
            }
        };
    }

    /**
     * To be called when the answer with this term is there, not before.
     *
     * @return for how long the holder may still be silent; zero where it was for its whole ttl
     */
    synchronized Duration saw(String name, Term term) {
        long now = timeSource.nanoTime();
        Seen before = seen.get(name);
        long since = before != null && before.term().isSame(term) ? before.since() : now;
        seen.put(name, new Seen(term, since));
        Duration left = term.ttl().minusNanos(now - since);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The lock is free, or this client's. */
    synchronized void forget(String name) {
        seen.remove(name);
    }
}
