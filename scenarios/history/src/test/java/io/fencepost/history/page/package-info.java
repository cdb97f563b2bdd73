/** The pages, from histories that are made up. */
@NullMarked
package io.fencepost.history.page;

import org.jspecify.annotations.NullMarked;
