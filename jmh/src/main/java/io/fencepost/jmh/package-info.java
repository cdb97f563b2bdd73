/**
 * What is measured and how it is reached: the targets, their floors, and the JMH benchmarks over both.
 *
 * <p>Start at {@link io.fencepost.jmh.Target}.
 */
@NullMarked
package io.fencepost.jmh;

import org.jspecify.annotations.NullMarked;
