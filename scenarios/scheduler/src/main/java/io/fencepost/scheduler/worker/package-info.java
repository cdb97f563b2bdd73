/**
 * What runs jobs. A {@link io.fencepost.scheduler.worker.Worker} takes a job's lock, begins a try in the store with the lease's token, does the work for as long as the lease is in good order, and ends the try
 * in the store with the same token.
 */
@NullMarked
package io.fencepost.scheduler.worker;

import org.jspecify.annotations.NullMarked;
