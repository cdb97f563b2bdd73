/**
 * What a provider implements: one {@link io.fencepost.lock.spi.LockProvider}, found by {@link java.util.ServiceLoader},
 * and its {@link io.fencepost.lock.spi.LockBackend}. Waiting, queueing, renewal and the state of leases are written once, in the core, for all providers.
 */
@NullMarked
package io.fencepost.lock.spi;

import org.jspecify.annotations.NullMarked;
