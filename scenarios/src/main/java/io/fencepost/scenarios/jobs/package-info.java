/** The job scheduler measured and disturbed: real worker processes on real lock servers, judged by the histories that their store keeps. */
@NullMarked
package io.fencepost.scenarios.jobs;

import org.jspecify.annotations.NullMarked;
