package io.fencepost.scenarios.bench;

import io.fencepost.scenarios.stats.Estimate;
import java.util.Optional;

/**
 * What a figure should be.
 *
 * @param id of the goal: lower case with hyphens
 * @param provider whose goal it is
 * @param title what is wanted, in words
 * @param sense of the limit
 * @param limit that the figure is held against
 * @param unit of figure and limit
 * @param definition how the figure comes about
 * @param figure computes it
 */
public record Goal(
        String id,
        String provider,
        String title,
        Sense sense,
        double limit,
        String unit,
        String definition,
        Figure figure) {

    /** Computes a figure from what was measured. */
    @FunctionalInterface
    interface Figure {
        Estimate of(Evidence evidence) throws NotMeasuredException;
    }

    /**
     * What became of it.
     *
     * @param estimate empty if it was not measured
     * @param reason why it was not measured; empty otherwise
     */
    public record Outcome(Goal goal, Optional<Estimate> estimate, Met met, String reason) {}

    /** What the provider runs on. */
    String backend() {
        return provider.equals("redlock") ? "redis" : provider;
    }

    /** Holds what was measured against the limit. */
    Outcome judge(Evidence evidence) {
        try {
            Estimate reached = figure.of(evidence);
            if (sense == Sense.UNCHANGED && reached.interval().isEmpty()) {
                throw new NotMeasuredException("one round shows no noise that a change could be held against");
            }
            return new Outcome(this, Optional.of(reached), sense.judge(reached, limit), "");
        } catch (NotMeasuredException e) {
            return new Outcome(this, Optional.empty(), Met.NOT_MEASURED, String.valueOf(e.getMessage()));
        }
    }
}
