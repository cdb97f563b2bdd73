package io.fencepost.lock.redlock.fencing;

import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedResources;
import io.lettuce.core.RedisURI;
import java.time.Duration;

/**
 * Fenced values at one Redis or Valkey master.
 *
 * <p><b>One master is no quorum.</b> Redlock's locks survive the loss of a minority of their masters; these values are as safe as the one server that has them. It may be one of those masters or another one.
 * With {@code appendonly yes} and {@code appendfsync always} a restart loses nothing that was answered. With {@code everysec} it may lose the last second, with snapshots alone the last minutes: values, and the fences
 * with them, so that a stale holder's write may be accepted that had been refused. Replication is asynchronous: a replica that is promoted may lack what was accepted. Where that matters, keep the values in a store with a
 * quorum or in a database.
 */
public final class RedisFencedResources {
    private static final int MAX_PREFIX = 128;

    private RedisFencedResources() {}

    /**
     * A resource with a connection of its own, which is made by the first call that needs it and ends with the resource. It is the resource's own because it must not send again what was not answered, as Lettuce does by
     * default.
     *
     * @param uri {@code redis://[[user:]password@]host:port[/database]}, or {@code rediss:} for TLS
     * @param keyPrefix begins every key: 1 to {@value #MAX_PREFIX} characters
     * @param timeout within which a call ends, connecting included: 10 ms to 5 min
     * @throws IllegalArgumentException if an argument is out of range; nothing was sent
     */
    public static FencedResource open(String uri, String keyPrefix, Duration timeout) {
        RedisURI parsed = RedisURI.create(uri);
        if (keyPrefix.isEmpty() || keyPrefix.length() > MAX_PREFIX) {
            throw new IllegalArgumentException(
                    "redis: the key prefix is '" + keyPrefix + "'; allowed are 1 to " + MAX_PREFIX + " characters");
        }
        RedisFencedStore store = new RedisFencedStore(parsed, keyPrefix);
        try {
            return FencedResources.over(store, "redis: " + parsed.getHost() + ":" + parsed.getPort(), timeout);
        } catch (IllegalArgumentException e) {
            store.close();
            throw e;
        }
    }
}
