/** What a job is: its work, when it is due, how often it is tried again, and where it stands. Values, and {@link io.fencepost.scheduler.job.Recurrence}, which works out times; nothing here knows a store or a worker. */
@NullMarked
package io.fencepost.scheduler.job;

import org.jspecify.annotations.NullMarked;
