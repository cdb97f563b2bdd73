package io.fencepost.history.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects what a checker finds; keeps some of each kind and counts the rest. Not thread-safe. */
final class Findings {
    /** How many of a kind and result are kept. */
    static final int KEPT = 50;

    private final Map<Finding.Kind, Map<Result, List<Finding>>> kept = new EnumMap<>(Finding.Kind.class);
    private final SortedMap<String, Number> metrics = new TreeMap<>();
    private final Map<Finding.Kind, Integer> counts = new EnumMap<>(Finding.Kind.class);
    private int found;

    /** The metric that counts the findings of a kind. */
    static String counter(Finding.Kind kind) {
        return kind.json() + "_findings";
    }

    void add(Finding.Kind kind, Result result, String message, Integer... lines) {
        found++;
        counts.merge(kind, 1, Integer::sum);
        List<Finding> ofKind = kept.computeIfAbsent(kind, k -> new EnumMap<>(Result.class))
                .computeIfAbsent(result, r -> new ArrayList<>());
        if (ofKind.size() < KEPT) {
            ofKind.add(new Finding(kind, result, message, List.of(lines)));
        }
    }

    void invalid(Finding.Kind kind, String message, Integer... lines) {
        add(kind, Result.INVALID, message, lines);
    }

    void invalid(String message, Integer... lines) {
        add(Finding.Kind.OTHER, Result.INVALID, message, lines);
    }

    void unknown(String message, Integer... lines) {
        add(Finding.Kind.OTHER, Result.UNKNOWN, message, lines);
    }

    void metric(String name, Number value) {
        metrics.put(name, value);
    }

    Verdict verdict() {
        List<Finding> all = new ArrayList<>();
        Result worst = Result.VALID;
        for (Map<Result, List<Finding>> ofKind : kept.values()) {
            for (Map.Entry<Result, List<Finding>> entry : ofKind.entrySet()) {
                worst = worst.worse(entry.getKey());
                all.addAll(entry.getValue());
            }
        }
        counts.forEach((kind, count) -> {
            if (kind != Finding.Kind.OTHER) {
                metrics.put(counter(kind), count);
            }
        });
        return new Verdict(worst, all, found, metrics);
    }
}
