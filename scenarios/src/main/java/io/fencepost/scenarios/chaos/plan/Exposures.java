package io.fencepost.scenarios.chaos.plan;

import io.fencepost.history.Expectation;

/**
 * What a provider is expected to show, said before the run.
 *
 * @param doubleHolder two clients believe at once that they hold a lock
 * @param twinLosses updates are lost in the store that does not look at tokens
 * @param tokenRegression a later grant has a token that is not greater
 */
public record Exposures(Expectation doubleHolder, Expectation twinLosses, Expectation tokenRegression) {
    /** What holds where a scenario says nothing. */
    static final Exposures NONE = new Exposures(Expectation.FORBIDDEN, Expectation.FORBIDDEN, Expectation.FORBIDDEN);
}
