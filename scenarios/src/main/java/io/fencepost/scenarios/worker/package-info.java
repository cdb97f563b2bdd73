/**
 * Worker processes: lock clients in JVMs of their own, which can be killed, driven by lines of JSON over stdin and stdout.
 *
 * <p>Start at {@link io.fencepost.scenarios.worker.WorkerProcess}, the side of the run, and {@link io.fencepost.scenarios.worker.Worker}, the other one.
 */
@NullMarked
package io.fencepost.scenarios.worker;

import org.jspecify.annotations.NullMarked;
