/** Fenced values at one Redis master, by a script. */
@NullMarked
package io.fencepost.lock.redlock.fencing;

import org.jspecify.annotations.NullMarked;
