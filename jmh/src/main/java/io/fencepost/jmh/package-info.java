/**
 * The benchmarks, identical for all contestants, and the targets that scenarios share.
 *
 * <p>Start at {@link io.fencepost.jmh.Arena}; {@link io.fencepost.jmh.run.BenchRun} runs them.
 */
@NullMarked
package io.fencepost.jmh;

import org.jspecify.annotations.NullMarked;
