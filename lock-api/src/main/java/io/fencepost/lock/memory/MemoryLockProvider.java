package io.fencepost.lock.memory;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code memory:} or {@code memory:space}: clients of one space share its locks; a space lives as long as the process. There are no options.
 */
public final class MemoryLockProvider implements LockProvider {
    static final String SCHEME = "memory";

    private static final ConcurrentHashMap<String, MemorySpace> SPACES = new ConcurrentHashMap<>();

    /** For {@link java.util.ServiceLoader}. */
    public MemoryLockProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public LockBackend open(BackendConfig config) {
        config.rejectUnknownOptions();
        return SPACES.computeIfAbsent(config.path(), name -> new MemorySpace(TimeSource.SYSTEM))
                .connect();
    }
}
