/**
 * Judges histories: one checker an invariant, K1 to K9, and K0 for the record itself.
 *
 * <p>Start at {@link io.fencepost.history.check.Judgement}. Checkers have no state and look at nothing but the history and the facts of the run, so that a saved run has
 * the same verdict whenever it is judged.
 */
@NullMarked
package io.fencepost.history.check;

import org.jspecify.annotations.NullMarked;
