/**
 * Ours with one thing changed each: what every optimisation is worth, measured beside what has it.
 *
 * <p>Start at {@link io.fencepost.jmh.experiment.Experiments}.
 */
@NullMarked
package io.fencepost.jmh.experiment;

import org.jspecify.annotations.NullMarked;
