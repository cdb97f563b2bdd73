/** What every store has to do, and what is the same for all. */
@NullMarked
package io.fencepost.scheduler.store;

import org.jspecify.annotations.NullMarked;
