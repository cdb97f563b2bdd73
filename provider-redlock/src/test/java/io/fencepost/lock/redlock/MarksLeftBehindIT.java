package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A release that overtook the attempt that it undoes left that attempt's mark at a node for its whole ttl; with marks at enough nodes nobody could acquire until they
 * expired. An I/O thread that released on a denial wrote ahead of the attempt that was queued for it; now a release waits for the answer of its attempt.
 */
class MarksLeftBehindIT {
    private static final int CLIENTS = 3;
    private static final int ROUNDS = 150;
    private static final Duration TTL = Duration.ofSeconds(50);
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final Cluster cluster = Clusters.redis();
    private final String name = Backends.newName();

    @Test
    void contentionLeavesNoMarks() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        List<LockClient> clients = new ArrayList<>();
        try {
            List<Future<?>> loops = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                LockClient client = LockClients.open(Servers.uri(5, "keyPrefix=" + Backends.PREFIX));
                clients.add(client);
                loops.add(threads.submit(loop(client.lock(name, LockOptions.ttl(TTL)))));
            }
            for (Future<?> loop : loops) {
                // a mark that is left behind costs up to a ttl, which is longer
                loop.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            for (String address : cluster.addresses()) {
                assertNoMark(address);
            }
        } finally {
            threads.shutdownNow();
            clients.forEach(LockClient::close);
        }
    }

    private static Callable<Void> loop(DistributedLock lock) {
        return () -> {
            for (int i = 0; i < ROUNDS; i++) {
                try (Lease lease = lock.acquire()) {
                    lease.ensureValid(Duration.ZERO);
                }
            }
            return null;
        };
    }

    private void assertNoMark(String address) {
        RedisClient client = RedisClient.create(RedisURI.create("redis://" + address));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(connection.sync().get(Backends.PREFIX + "lock:" + name))
                            .as("the mark at %s", address)
                            .isNull());
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }
}
