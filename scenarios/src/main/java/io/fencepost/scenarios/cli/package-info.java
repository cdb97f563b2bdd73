/** The command line {@code fencepost}. */
@NullMarked
package io.fencepost.scenarios.cli;

import org.jspecify.annotations.NullMarked;
