/**
 * Locks over a quorum of independent Redis masters, with fencing tokens: scheme {@code redlock:}.
 *
 * <p>The algorithm and what breaks it head {@code RedlockBackend}.
 */
@NullMarked
package io.fencepost.lock.redlock;

import org.jspecify.annotations.NullMarked;
