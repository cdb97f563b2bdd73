/** Tests of the Redlock provider: {@code *Test} without servers, {@code *IT} over real ones. */
@NullMarked
package io.fencepost.lock.redlock;

import org.jspecify.annotations.NullMarked;
