/** Where jobs are kept. Every change of a job is one atomic step that only goes forward: by a worker with a token at least as great as the greatest before, or by a user. */
@NullMarked
package io.fencepost.scheduler.store;

import org.jspecify.annotations.NullMarked;
