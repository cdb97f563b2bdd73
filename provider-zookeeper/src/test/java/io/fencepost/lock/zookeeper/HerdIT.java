package io.fencepost.lock.zookeeper;

import static io.fencepost.lock.zookeeper.Backends.LONG;
import static io.fencepost.lock.zookeeper.Backends.acquire;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.infra.Clusters;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many transactions a grant costs where clients of several threads each want one lock. Transaction ids count them, exactly. Prints what it counted. */
class HerdIT {
    private static final int CLIENTS = 3;
    private static final int THREADS = 4;
    private static final int GRANTS = 25;

    @Test
    void aGrantCostsLittleMoreThanOneTransaction() throws Exception {
        String uri = "zookeeper://" + String.join(",", Clusters.zookeeper().addresses()) + "/it";
        String name = Backends.newName();
        List<LockClient> clients = new ArrayList<>();
        List<FutureTask<Void>> contenders = new ArrayList<>();
        try (ZooKeeperBackend observer = Backends.open()) {
            for (int i = 0; i < CLIENTS; i++) {
                LockClient client = LockClients.open(uri);
                clients.add(client);
                DistributedLock lock = client.lock(name, LockOptions.ttl(Duration.ofSeconds(10)));
                for (int thread = 0; thread < THREADS; thread++) {
                    contenders.add(new FutureTask<>(() -> work(lock), null));
                }
            }
            long first = acquire(observer, Backends.newName(), LONG).token().value();
            contenders.forEach(contender -> new Thread(contender, "contender").start());
            for (FutureTask<Void> contender : contenders) {
                contender.get(120, TimeUnit.SECONDS);
            }
            long last = acquire(observer, Backends.newName(), LONG).token().value();
            double each = (last - first) / (double) (CLIENTS * THREADS * GRANTS);
            System.out.printf("%d clients of %d threads: %.2f transactions a grant%n", CLIENTS, THREADS, each);
            // a release and an acquisition are two, without any try in vain
            assertThat(each).isLessThan(2);
        } finally {
            clients.forEach(LockClient::close);
        }
    }

    private static void work(DistributedLock lock) {
        try {
            for (int i = 0; i < GRANTS; i++) {
                Lease lease = lock.acquire();
                lease.release();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
