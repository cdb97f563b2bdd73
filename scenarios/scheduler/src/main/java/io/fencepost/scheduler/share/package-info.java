/** In which order jobs are begun: strict priorities, and a weighted fair share between the tenants of one priority. Without threads, clocks or I/O. */
@NullMarked
package io.fencepost.scheduler.share;

import org.jspecify.annotations.NullMarked;
