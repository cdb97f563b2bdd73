/**
 * The raw driver calls that any correct lock over a backend must make, to be measured beside the providers.
 *
 * <p>Start at {@link io.fencepost.jmh.floor.Floor}.
 */
@NullMarked
package io.fencepost.jmh.floor;

import org.jspecify.annotations.NullMarked;
