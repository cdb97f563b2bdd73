package io.fencepost.history.page;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Two leases of one lock in force at once.
 *
 * @param first index of the earlier one among the holdings
 * @param second index of the later one
 * @param from when the later one was granted, in the history's nanoseconds
 * @param to when one of them ended
 */
record Overlap(int first, int second, long from, long to) {
    /** All pairs, by time. */
    static List<Overlap> of(List<Holding> holdings) {
        List<Overlap> overlaps = new ArrayList<>();
        Map<String, List<Integer>> inForce = new HashMap<>();
        for (int i = 0; i < holdings.size(); i++) {
            Holding holding = holdings.get(i);
            List<Integer> others = inForce.computeIfAbsent(holding.grant().lock(), lock -> new ArrayList<>());
            others.removeIf(other -> holdings.get(other).until() <= holding.from());
            if (holding.until() <= holding.from()) {
                continue;
            }
            for (int other : others) {
                long to = Math.min(holding.until(), holdings.get(other).until());
                overlaps.add(new Overlap(other, i, holding.from(), to));
            }
            others.add(i);
        }
        return overlaps;
    }
}
