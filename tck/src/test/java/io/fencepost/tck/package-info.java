/** The kit applied to {@code memory:}, and to providers that are broken on purpose. */
@NullMarked
package io.fencepost.tck;

import org.jspecify.annotations.NullMarked;
