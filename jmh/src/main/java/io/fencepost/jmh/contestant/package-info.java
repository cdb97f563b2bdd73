/**
 * Who is measured: our providers, the floors and the peers behind one neutral interface, so that every benchmark is the same for all of them.
 *
 * <p>Start at {@link io.fencepost.jmh.contestant.Contestants}.
 */
@NullMarked
package io.fencepost.jmh.contestant;

import org.jspecify.annotations.NullMarked;
