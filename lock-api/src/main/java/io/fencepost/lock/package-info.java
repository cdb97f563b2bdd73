/**
 * What applications use: clients, locks, leases and their fencing tokens.
 *
 * <p>Start at {@link io.fencepost.lock.LockClients}.
 */
@NullMarked
package io.fencepost.lock;

import org.jspecify.annotations.NullMarked;
