package io.fencepost.lock.cassandra;

import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * Opens {@code cassandra://[user:password@]host1:9042,host2:9042/keyspace?option=value}. Options, guarantee and schema are described in the module's README.
 *
 * <p>Thread-safe; without state.
 */
public final class CassandraLockProvider implements LockProvider {
    static final String SCHEME = "cassandra";

    @Override
    public String scheme() {
        return SCHEME;
    }

    /**
     * Connects, creates the schema if that was asked for, and prepares the statements. Blocks for the option {@code connectTimeout} at most (default 5 s); where
     * {@code createSchema=true} finds something to create, for up to 30 s more.
     */
    @Override
    public LockBackend open(BackendConfig config) {
        CassandraOptions options = CassandraOptions.read(config);
        LockSession session = new SessionOpener(options).open();
        return new CassandraLockBackend(
                session, options.expiry(), options.operationTimeout(), timer(session.name()), config.timeSource());
    }

    private static ScheduledExecutorService timer(String clientName) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, clientName + "-pauses");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }
}
