package io.fencepost.lock.redlock;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Releases that a node could not take, to be sent when it is back, so that a lost answer costs a lock no more than the time of a reconnection. They are of marks
 * that nobody will use again, so that a late release, or a second one, harms nobody. What does not fit is left to its ttl. Thread-safe.
 */
final class OwedReleases {
    private static final int MAX = 10_000;

    private final long keptNanos;
    private final ArrayDeque<Release> releases = new ArrayDeque<>();

    private record Release(List<String> keys, List<String> args, long addedAt) {}

    /** @param kept how long a mark can last */
    OwedReleases(Duration kept) {
        keptNanos = kept.toNanos();
    }

    synchronized void add(String[] keys, String[] args) {
        if (releases.size() >= MAX) {
            releases.removeFirst();
        }
        releases.addLast(new Release(List.of(keys), List.of(args), System.nanoTime()));
    }

    /** Hands over those present now that are still of use. */
    void drain(BiConsumer<String[], String[]> send) {
        int count;
        synchronized (this) {
            count = releases.size();
        }
        for (int i = 0; i < count; i++) {
            Release release = next();
            if (release == null) {
                return;
            }
            if (System.nanoTime() - release.addedAt() < keptNanos) {
                send.accept(
                        release.keys().toArray(new String[0]), release.args().toArray(new String[0]));
            }
        }
    }

    private synchronized @Nullable Release next() {
        return releases.pollFirst();
    }
}
