/**
 * Chaos: the same scenarios for every provider, with real faults, a protected store, and a history of everything that happened.
 *
 * <p>Start at {@link io.fencepost.scenarios.chaos.ScenarioRun}.
 */
@NullMarked
package io.fencepost.scenarios.chaos;

import org.jspecify.annotations.NullMarked;
