/**
 * Runs the benchmarks: every configuration in turn, in every round, on one cluster for all of a backend.
 *
 * <p>Start at {@link io.fencepost.jmh.run.BenchRun} and {@link io.fencepost.jmh.run.Plan}.
 */
@NullMarked
package io.fencepost.jmh.run;

import org.jspecify.annotations.NullMarked;
