/** The two ways to decide who runs what: every worker for itself, or an elected leader for all. In both, the job's lock decides in the end. */
@NullMarked
package io.fencepost.scheduler.dispatch;

import org.jspecify.annotations.NullMarked;
