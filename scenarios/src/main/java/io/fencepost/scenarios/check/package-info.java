/**
 * Judges recorded grants: one holder at a time, and tokens in the order of the grants.
 *
 * <p>Start at {@link io.fencepost.scenarios.check.Verdict}.
 */
@NullMarked
package io.fencepost.scenarios.check;

import org.jspecify.annotations.NullMarked;
