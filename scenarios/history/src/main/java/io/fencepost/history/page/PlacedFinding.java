package io.fencepost.history.page;

import io.fencepost.history.Event;
import io.fencepost.history.check.Finding;
import io.fencepost.history.check.Judgement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A finding and when it was.
 *
 * @param checker the id of the checker
 * @param verdict what it makes the run
 * @param from the instant of the first of its events, in the history's nanoseconds
 * @param to the instant of the last
 * @param rows the rows of its events
 */
record PlacedFinding(String checker, VerdictWord verdict, Finding finding, long from, long to, List<Integer> rows) {
    static PlacedFinding of(
            String checker, Finding finding, Judgement judgement, Map<Integer, Event> byLine, Rows rows) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        List<Integer> places = new ArrayList<>();
        for (int line : finding.lines()) {
            Event event = byLine.get(line);
            if (event != null) {
                from = Math.min(from, event.nanos());
                to = Math.max(to, event.nanos());
                int row = rows.of(event);
                if (row >= 0 && !places.contains(row)) {
                    places.add(row);
                }
            }
        }
        VerdictWord verdict = isExcused(finding, judgement) ? VerdictWord.EXCUSED : VerdictWord.of(finding.result());
        return new PlacedFinding(checker, verdict, finding, from, to, places);
    }

    /** Whether the run allows or expects what was found. */
    private static boolean isExcused(Finding finding, Judgement judgement) {
        return judgement.expectations().stream()
                .anyMatch(expected -> expected.name().equals(finding.kind().json())
                        && !expected.expected().equals("forbidden"));
    }

    /** Whether any of its events is in the history. */
    boolean isPlaced() {
        return from <= to;
    }
}
