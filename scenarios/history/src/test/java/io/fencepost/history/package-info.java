/** Histories made by hand, and tests of their format. */
@NullMarked
package io.fencepost.history;

import org.jspecify.annotations.NullMarked;
