package io.fencepost.lock.zookeeper;

import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;

/**
 * Locks in a ZooKeeper ensemble: {@code zookeeper://host1:2181,host2:2181,host3:2181/base/path?option=value}. The path is where the locks live,
 * {@value #DEFAULT_BASE} if there is none. The options are in the README of this module.
 */
public final class ZooKeeperLockProvider implements LockProvider {
    static final String SCHEME = "zookeeper";
    static final String DEFAULT_BASE = "/fencepost";

    /** For {@link java.util.ServiceLoader}. */
    public ZooKeeperLockProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public LockBackend open(BackendConfig config) {
        Settings settings = Settings.of(config);
        Connection connection = new Connection(settings);
        try {
            new Opening(settings, connection).run();
            return new ZooKeeperBackend(settings, connection);
        } catch (InterruptedException e) {
            connection.close();
            Thread.currentThread().interrupt();
            throw new LockUnavailableException(
                    SCHEME + ": interrupted while connecting to " + settings.connectString(), e);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
