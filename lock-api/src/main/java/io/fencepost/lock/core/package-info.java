/**
 * What all providers share, written once: the local queue, waiting, renewal and the state of leases. Not exported.
 *
 * <p>From top to bottom: {@link io.fencepost.lock.core.ClientFactory} opens a {@code DefaultLockClient}; it keeps one {@code LockQueue} for each lock name in use,
 * whose head is the only contender that the backend sees; a granted attempt becomes a {@code DefaultLease}. {@code ClientContext} is what they share.
 *
 * <p>Two rules keep it free of deadlocks: no call leaves this package (to the backend, an observer, a listener) while one of its locks is held, and
 * user code never runs on a timer's thread.
 */
@NullMarked
package io.fencepost.lock.core;

import org.jspecify.annotations.NullMarked;
