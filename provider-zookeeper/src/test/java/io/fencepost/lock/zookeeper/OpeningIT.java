package io.fencepost.lock.zookeeper;

import static io.fencepost.lock.zookeeper.Backends.LONG;
import static io.fencepost.lock.zookeeper.Backends.acquire;
import static io.fencepost.lock.zookeeper.Backends.get;
import static io.fencepost.lock.zookeeper.Backends.newName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Clusters;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client is told that cannot be opened, and that nothing of it stays. */
class OpeningIT {
    private static final String SERVERS = String.join(",", Clusters.zookeeper().addresses());

    private static LockBackend open(String uri) {
        return new ZooKeeperLockProvider().open(BackendConfig.parse(uri, Map.of(), "holder", TimeSource.SYSTEM));
    }

    @AfterEach
    void noThreadStays() {
        await().atMost(LONG)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("fencepost-zookeeper")));
    }

    @Test
    void deadAddressIsNamed() {
        assertThatThrownBy(() -> open("zookeeper://127.0.0.1:1/it?connectTimeout=1s"))
                .isInstanceOf(LockUnavailableException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("majority");
    }

    @Test
    void oneLivingServerAmongDeadOnesIsEnough() {
        String one = Clusters.zookeeper().addresses().get(0);
        try (LockBackend backend = open("zookeeper://127.0.0.1:1,127.0.0.1:2," + one + "/it?connectTimeout=20s")) {
            get(backend.release(acquire(backend, newName(), LONG)));
        }
    }

    @Test
    void wrongPasswordIsRefusedWithTheUserAndThePathButNotThePassword() {
        String base = "/secret-" + UUID.randomUUID();
        String name = newName();
        try (LockBackend owner = open("zookeeper://joe:right@" + SERVERS + base)) {
            HeldGrant grant = acquire(owner, name, LONG);
            assertThatThrownBy(() -> open("zookeeper://joe:wrong@" + SERVERS + base))
                    .isInstanceOf(LockUnavailableException.class)
                    .hasMessageContaining("user 'joe'")
                    .hasMessageContaining(base)
                    .hasMessageNotContaining("wrong");
            assertThatThrownBy(() -> open("zookeeper://" + SERVERS + base))
                    .isInstanceOf(LockUnavailableException.class)
                    .hasMessageContaining("without credentials");
            try (LockBackend second = open("zookeeper://joe:right@" + SERVERS + base)) {
                assertThat(get(second.inspect(name))).isPresent();
                get(second.forceRelease(name));
            }
            get(owner.release(grant));
        }
    }

    @Test
    void missingBaseIsNamedIfItMayNotBeCreated() {
        String base = "/missing-" + UUID.randomUUID() + "/deep";
        assertThatThrownBy(() -> open("zookeeper://" + SERVERS + base + "?createBase=false"))
                .isInstanceOf(LockUnavailableException.class)
                .hasMessageContaining(base)
                .hasMessageContaining("createBase");
        open("zookeeper://" + SERVERS + base).close();
        open("zookeeper://" + SERVERS + base + "?createBase=false").close();
    }
}
