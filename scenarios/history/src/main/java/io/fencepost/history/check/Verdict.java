package io.fencepost.history.check;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a checker says of a history.
 *
 * @param result the worst of its findings, or valid
 * @param findings the first of each kind, by kind; not all if there are many
 * @param found how many there are
 * @param metrics what was counted on the way
 */
public record Verdict(Result result, List<Finding> findings, int found, SortedMap<String, Number> metrics) {
    public Verdict {
        findings = List.copyOf(findings);
        metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
    }

    /** A count of the checker, or 0. */
    double metric(String name) {
        Number value = ((Map<String, Number>) metrics).get(name);
        return value == null ? 0 : value.doubleValue();
    }
}
