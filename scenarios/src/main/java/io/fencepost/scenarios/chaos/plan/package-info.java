/**
 * Scenarios as they are written down: workload, schedule of faults, what each provider is expected to show.
 *
 * <p>Start at {@link io.fencepost.scenarios.chaos.plan.Catalog}.
 */
@NullMarked
package io.fencepost.scenarios.chaos.plan;

import org.jspecify.annotations.NullMarked;
