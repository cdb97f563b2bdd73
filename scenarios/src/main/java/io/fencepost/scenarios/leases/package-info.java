/**
 * Many leases of one client: what it costs to keep them alive, and whether all of them stay.
 *
 * <p>Start at {@link io.fencepost.scenarios.leases.LeasesRun}.
 */
@NullMarked
package io.fencepost.scenarios.leases;

import org.jspecify.annotations.NullMarked;
