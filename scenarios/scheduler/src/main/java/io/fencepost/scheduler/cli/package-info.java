/** The command line of the scheduler: workers and the API as processes. */
@NullMarked
package io.fencepost.scheduler.cli;

import org.jspecify.annotations.NullMarked;
