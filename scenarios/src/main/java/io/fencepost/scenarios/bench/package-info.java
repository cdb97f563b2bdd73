/**
 * From the JSON of every fork of a run of benchmarks to figures, pairs of contestants, and the table of goals.
 *
 * <p>Start at {@link io.fencepost.scenarios.bench.Evaluation}. Nothing here measures: a kept run comes to the same figures again.
 */
@NullMarked
package io.fencepost.scenarios.bench;

import org.jspecify.annotations.NullMarked;
