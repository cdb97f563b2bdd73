package io.fencepost.lock.spi;

/**
 * The entry of a provider, found by {@link java.util.ServiceLoader}: list the implementing class in
 * {@code META-INF/services/io.fencepost.lock.spi.LockProvider}. It needs a public constructor without parameters, and no state.
 */
public interface LockProvider {
    /** The URI scheme that selects this provider: lower case, unique on the class path. */
    String scheme();

    /**
     * Connects. Blocks for the provider's connect timeout at most.
     *
     * @throws IllegalArgumentException if the configuration is wrong, before any I/O, naming the value and what is allowed (rule 8.1)
     * @throws io.fencepost.lock.LockUnavailableException if the backend cannot be reached or refuses this client, naming the address (rule 8.4);
     *     nothing is left running
     */
    LockBackend open(BackendConfig config);
}
