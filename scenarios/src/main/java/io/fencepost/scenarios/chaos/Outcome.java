package io.fencepost.scenarios.chaos;

import io.fencepost.history.check.Judgement;
import java.util.Map;
import java.util.SortedMap;

/** How operations of workers ended. */
enum Outcome {
    /** They did what they should. */
    OK,
    /** They surely did nothing. */
    FAILED,
    /** Nobody knows. */
    UNKNOWN;

    private static Outcome of(String word) {
        return switch (word) {
            case "ok", "released" -> OK;
            case "unknown" -> UNKNOWN;
            default -> FAILED;
        };
    }

    /** How many of a run ended so. */
    long count(Judgement judgement) {
        long sum = 0;
        for (SortedMap<String, Integer> ofKind :
                judgement.metrics().operations().values()) {
            for (Map.Entry<String, Integer> outcome : ofKind.entrySet()) {
                sum += of(outcome.getKey()) == this ? outcome.getValue() : 0;
            }
        }
        return sum;
    }
}
