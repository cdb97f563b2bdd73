package io.fencepost.jmh;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A private cluster with one client on it, for as long as a trial of a benchmark lasts. {@code memory} has no cluster. */
final class BackendState implements AutoCloseable {
    private static final Duration TTL = Duration.ofSeconds(30);

    private final @Nullable Cluster cluster;
    private final LockClient client;

    BackendState(String provider) {
        if (provider.equals("memory")) {
            cluster = null;
            client = LockClients.open("memory:jmh");
            return;
        }
        Target target = Target.of(provider);
        cluster = Clusters.start(target.clusterSpec());
        try {
            client = LockClients.open(target.uri(cluster.addresses()));
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    DistributedLock lock(String name) {
        return client.lock(name, LockOptions.ttl(TTL));
    }

    /** Acquires a lock that nobody else uses. */
    static Lease acquire(DistributedLock lock) throws InterruptedException {
        return lock.tryAcquire().orElseThrow(() -> new IllegalStateException("'" + lock.name() + "' is held"));
    }

    @Override
    public void close() {
        client.close();
        if (cluster != null) {
            cluster.close();
        }
    }
}
