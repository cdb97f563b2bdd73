package io.fencepost.history.page;

import io.fencepost.history.Event;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import io.fencepost.history.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lines of the table by time, and where each event of the history is among them.
 *
 * <p>A page has an end: of a history with more than {@value #MOST} rows those are left out first that say least, and the page says how many of which kind.
 */
final class Rows {
    /** A page of so many is about 20 MB, which a browser still reads in a second. */
    static final int MOST = 400_000;

    /** What is left out first, of what succeeded. Grants stay: they are the timeline. */
    private static final List<String> EXPENDABLE =
            List.of("store read", Op.READ, Op.RENEWED, "store write", Op.WRITE, Op.RELEASE, Op.ACQUIRE);

    private final List<Row> rows;
    private final IdentityHashMap<Event, Integer> numbers = new IdentityHashMap<>();
    private final Map<String, Integer> leftOut = new LinkedHashMap<>();

    private Rows(List<Row> rows) {
        this.rows = rows;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            numbers.put(row.first(), i);
            if (row.last() != null) {
                numbers.put(row.last(), i);
            }
        }
    }

    /** @param cited lines that findings speak of, whose rows are never left out */
    static Rows of(History history, Set<Integer> cited, int most) {
        Set<Event> inOperations = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Row> all = new ArrayList<>();
        for (Operation operation : history.operations()) {
            inOperations.add(operation.invoke());
            if (operation.completion() != null) {
                inOperations.add(operation.completion());
            }
            all.add(Row.of(operation));
        }
        for (Event event : history.events()) {
            if (!inOperations.contains(event)) {
                all.add(Row.of(event));
            }
        }
        all.sort(Comparator.comparingLong((Row row) -> row.first().nanos())
                .thenComparingInt(row -> row.first().line()));
        Map<String, Integer> leftOut = thin(all, cited, most);
        Rows rows = new Rows(all);
        rows.leftOut.putAll(leftOut);
        return rows;
    }

    private static Map<String, Integer> thin(List<Row> all, Set<Integer> cited, int most) {
        Map<String, Integer> leftOut = new LinkedHashMap<>();
        Map<String, Integer> byKind = new HashMap<>();
        all.forEach(row -> byKind.merge(row.kind(), 1, Integer::sum));
        int excess = all.size() - most;
        Set<Row> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        for (String kind : EXPENDABLE) {
            for (int i = all.size() - 1; i >= 0 && gone.size() < excess; i--) {
                Row row = all.get(i);
                boolean asked = cited.contains(row.first().line())
                        || (row.last() != null && cited.contains(row.last().line()));
                boolean grant = row.isAcquire() && row.tone() == Tone.GOOD;
                if (row.kind().equals(kind)
                        && !asked
                        && !grant
                        && row.tone() != Tone.BAD
                        && row.tone() != Tone.UNKNOWN) {
                    gone.add(row);
                    leftOut.merge(kind, 1, Integer::sum);
                }
            }
        }
        if (!gone.isEmpty()) {
            all.removeIf(gone::contains);
        }
        return leftOut;
    }

    List<Row> list() {
        return rows;
    }

    int size() {
        return rows.size();
    }

    /** How many of a kind are not on the page. */
    Map<String, Integer> leftOut() {
        return leftOut;
    }

    /** The number of the row that an event is in, or -1. */
    int of(Event event) {
        return numbers.getOrDefault(event, -1);
    }

    /** How many of each kind ended how, kinds and outcomes in the order in which they came. */
    Map<String, Map<String, Integer>> counts() {
        Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
        for (Row row : rows) {
            counts.computeIfAbsent(row.kind(), kind -> new LinkedHashMap<>()).merge(row.outcome(), 1, Integer::sum);
        }
        return counts;
    }

    /** Names of the workers that did anything. */
    Set<String> workers() {
        Set<String> workers = new HashSet<>();
        for (Row row : rows) {
            if (row.first().isOfWorker()) {
                workers.add(row.first().process());
            }
        }
        return workers;
    }
}
