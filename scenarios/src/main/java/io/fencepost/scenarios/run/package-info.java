/**
 * The scenarios and the run that goes through them for one provider after the other.
 *
 * <p>Start at {@link io.fencepost.scenarios.run.Comparison}.
 */
@NullMarked
package io.fencepost.scenarios.run;

import org.jspecify.annotations.NullMarked;
