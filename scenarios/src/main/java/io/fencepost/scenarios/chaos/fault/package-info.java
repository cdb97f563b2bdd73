/**
 * What a scenario can do to servers, workers and what is between them. Every fault proves that it took effect, and can be undone.
 *
 * <p>Start at {@link io.fencepost.scenarios.chaos.fault.Faults}.
 */
@NullMarked
package io.fencepost.scenarios.chaos.fault;

import org.jspecify.annotations.NullMarked;
