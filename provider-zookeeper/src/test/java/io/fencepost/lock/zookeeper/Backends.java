package io.fencepost.lock.zookeeper;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.fencepost.infra.Clusters;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.ZooKeeper;

/** Opens backends of the shared ensemble and waits for their answers. */
final class Backends {
    static final Duration LONG = Duration.ofSeconds(10);

    private Backends() {}

    static ZooKeeperBackend open() {
        return open("operationTimeout=5s");
    }

    static ZooKeeperBackend open(String options) {
        return open(String.join(",", Clusters.zookeeper().addresses()), options);
    }

    static ZooKeeperBackend open(String servers, String options) {
        String uri = "zookeeper://" + servers + "/it?" + options;
        return (ZooKeeperBackend) new ZooKeeperLockProvider()
                .open(BackendConfig.parse(uri, Map.of(), "holder-" + UUID.randomUUID(), TimeSource.SYSTEM));
    }

    /** The driver's handle of the backend's session. */
    static ZooKeeper session(ZooKeeperBackend backend) {
        return Objects.requireNonNull(backend.connection().connected(), "not connected");
    }

    static String newName() {
        return "lock-" + UUID.randomUUID();
    }

    static AttemptRequest request(String name, Duration ttl) {
        return new AttemptRequest(name, UUID.randomUUID(), ttl, "somebody", Map.of("purpose", "test"), false);
    }

    static AttemptOutcome attempt(LockBackend backend, String name, Duration ttl) {
        return get(backend.attempt(request(name, ttl)));
    }

    static HeldGrant acquire(LockBackend backend, String name, Duration ttl) {
        AttemptOutcome outcome = attempt(backend, name, ttl);
        if (outcome instanceof AttemptOutcome.Acquired acquired) {
            return (HeldGrant) acquired.grant();
        }
        throw new AssertionError("not acquired: " + outcome);
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(60, SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
