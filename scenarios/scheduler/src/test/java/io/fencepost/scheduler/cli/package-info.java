/** Tests of the command line. */
@NullMarked
package io.fencepost.scheduler.cli;

import org.jspecify.annotations.NullMarked;
