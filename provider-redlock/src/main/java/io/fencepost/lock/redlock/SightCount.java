package io.fencepost.lock.redlock;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides from what the nodes show who holds a lock: whoever's mark a quorum bears.
 *
 * <p>Its token is the fence that a quorum has beside that mark, as they had when it was granted. If no quorum shows one fence, because nodes of it are out of reach
 * or the attempt is not through, the greatest is told, which is at least the token. Not thread-safe.
 */
final class SightCount {
    /** What the nodes amount to. */
    sealed interface Sight {
        /** Not enough is known yet. */
        record Open() implements Sight {}

        /** No mark has a quorum. */
        record Free() implements Sight {}

        /** @param millis until the mark no longer has a quorum, if it is not renewed */
        record Held(String value, long fence, long millis) implements Sight {}

        /** Too few nodes answered. */
        record Unknown() implements Sight {}
    }

    private record Mark(String value, long fence, long millis) {}

    private static final Sight OPEN = new Sight.Open();

    private final int quorum;
    private final List<Mark> marks = new ArrayList<>();
    private int pending;
    private int free;

    SightCount(int nodes) {
        quorum = nodes / 2 + 1;
        pending = nodes;
    }

    Sight marked(String value, long fence, long millis) {
        pending--;
        marks.add(new Mark(value, fence, millis));
        return sight();
    }

    Sight unmarked() {
        pending--;
        free++;
        return sight();
    }

    Sight silent() {
        pending--;
        return sight();
    }

    Sight timedOut() {
        pending = 0;
        return sight();
    }

    private Sight sight() {
        Map<String, List<Mark>> byValue = new HashMap<>();
        for (Mark mark : marks) {
            byValue.computeIfAbsent(mark.value(), value -> new ArrayList<>()).add(mark);
        }
        int most = 0;
        for (List<Mark> same : byValue.values()) {
            if (same.size() >= quorum) {
                return held(same);
            }
            most = Math.max(most, same.size());
        }
        if (most + pending >= quorum) {
            return OPEN;
        }
        if (marks.size() + free >= quorum) {
            return new Sight.Free();
        }
        return pending > 0 ? OPEN : new Sight.Unknown();
    }

    private Sight held(List<Mark> same) {
        Map<Long, Integer> byFence = new HashMap<>();
        same.forEach(mark -> byFence.merge(mark.fence(), 1, Integer::sum));
        long token = 0;
        boolean agreed = false;
        for (Map.Entry<Long, Integer> entry : byFence.entrySet()) {
            if (entry.getValue() >= quorum) {
                token = entry.getKey();
                agreed = true;
            } else if (!agreed) {
                token = Math.max(token, entry.getKey());
            }
        }
        if (!agreed && pending > 0) {
            return OPEN;
        }
        List<Long> remaining = same.stream()
                .map(Mark::millis)
                .sorted(Comparator.reverseOrder())
                .toList();
        return new Sight.Held(same.get(0).value(), token, Math.max(0, remaining.get(quorum - 1)));
    }
}
