/**
 * Load at a fixed rate: operations begin when they are planned, whatever becomes of those before them, so that waiting shows in their latency; and the ladder of rates up
 * to saturation.
 *
 * <p>Start at {@link io.fencepost.scenarios.load.LoadRun}.
 */
@NullMarked
package io.fencepost.scenarios.load;

import org.jspecify.annotations.NullMarked;
