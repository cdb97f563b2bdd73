package io.fencepost.lock.redlock;

import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;

/**
 * Opens backends for {@code redlock://[user:password@]host:port,host:port,host:port[?option=value]}: an odd number of Redis or Valkey masters that do not
 * replicate each other. Options, guarantee and keys are in the README of this module.
 *
 * <p>Thread-safe, without state.
 */
public final class RedlockLockProvider implements LockProvider {
    /** For {@link java.util.ServiceLoader}. */
    public RedlockLockProvider() {}

    @Override
    public String scheme() {
        return "redlock";
    }

    /**
     * Connects to a quorum of the nodes at least; the others join when they can be reached.
     *
     * @throws IllegalArgumentException if the URI or an option is wrong, before any I/O
     * @throws io.fencepost.lock.LockUnavailableException if fewer nodes than a quorum could be reached, naming each with its reason, or if two addresses lead to one server
     */
    @Override
    public LockBackend open(BackendConfig config) {
        return RedlockBackend.open(Settings.of(config));
    }
}
