/** Tests of when jobs are due. */
@NullMarked
package io.fencepost.scheduler.job;

import org.jspecify.annotations.NullMarked;
