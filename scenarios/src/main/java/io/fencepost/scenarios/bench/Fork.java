package io.fencepost.scenarios.bench;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * One JVM's measurement of one contestant.
 *
 * @param series what it belongs to
 * @param round in which it ran, from 1
 * @param figures what it measured; empty if it did not come to its end
 * @param missing why it did not, empty otherwise
 * @param failed whether it should have, which a contestant that cannot do the work at all should not
 */
public record Fork(Series series, int round, Map<Metric, Double> figures, String missing, boolean failed) {
    public Fork {
        Objects.requireNonNull(series, "series");
        Objects.requireNonNull(missing, "missing");
        Map<Metric, Double> copy = new EnumMap<>(Metric.class);
        copy.putAll(figures);
        figures = Collections.unmodifiableMap(copy);
    }
}
