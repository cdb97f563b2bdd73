package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.Durability;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.spi.AttemptOutcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What opening says when something is wrong with the servers. */
class RedlockConnectIT {
    @Test
    void aWrongPasswordIsNamedAsSuch() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.REDIS).withNodes(3).withPassword("sesame");
        try (Cluster guarded = Clusters.start(spec)) {
            String addresses = String.join(",", guarded.addresses());
            assertThatThrownBy(() -> Backends.open("redlock://:wrong@" + addresses))
                    .isInstanceOf(LockUnavailableException.class)
                    .hasMessageContaining("refused the user or the password")
                    .hasMessageContaining(guarded.addresses().get(0))
                    .hasMessageNotContaining("wrong@");
            assertThatThrownBy(() -> Backends.open("redlock://" + addresses))
                    .isInstanceOf(LockUnavailableException.class)
                    .hasMessageContaining("refused the user or the password");
            try (RedlockBackend backend = Backends.open("redlock://:sesame@" + addresses)) {
                assertThat(backend.nodes()).allMatch(Node::inService);
            }
        }
    }

    @Test
    void aDeadMajorityIsNamedAddressByAddress() {
        String alive = Clusters.redis().addresses().get(0);
        assertThatThrownBy(() -> Backends.open("redlock://" + alive + ",127.0.0.1:1,127.0.0.1:2?connectTimeout=2s"))
                .isInstanceOf(LockUnavailableException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("127.0.0.1:2")
                .hasMessageContaining("quorum of 2 among 3");
    }

    @Test
    void aDeadMinorityDoesNotMatter() {
        String alive = String.join(",", Clusters.redis().addresses().subList(0, 2));
        // nodes that were never met wait for the last of them
        Backends.open(Servers.uri(3, "restarts=ask")).close();
        try (RedlockBackend backend = Backends.open("redlock://" + alive + ",127.0.0.1:1")) {
            assertThat(backend.attempt(Backends.request(Backends.newName(), Duration.ofSeconds(1)))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(AttemptOutcome.Acquired.class);
        }
    }

    @Test
    void oneServerUnderTwoAddressesIsRefused() {
        String address = Clusters.redis().addresses().get(0);
        String port = address.substring(address.indexOf(':') + 1);
        String other = Clusters.redis().addresses().get(1);
        assertThatThrownBy(() -> Backends.open("redlock://" + address + ",localhost:" + port + "," + other))
                .isInstanceOf(LockUnavailableException.class)
                .hasMessageContaining("same server")
                .hasMessageContaining(address);
    }

    @Test
    void serversThatMayForgetStayOutUntilNothingCanBeInForce() {
        ClusterSpec spec = ClusterSpec.of(ClusterKind.REDIS).withNodes(1).withDurability(Durability.UNSAFE);
        try (Cluster forgetful = Clusters.start(spec)) {
            String uri = "redlock://" + forgetful.addresses().get(0);
            try (RedlockBackend backend = Backends.open(uri)) {
                AttemptOutcome outcome = backend.attempt(Backends.request("x", Duration.ofSeconds(1)))
                        .toCompletableFuture()
                        .join();
                assertThat(outcome).isInstanceOf(AttemptOutcome.Unavailable.class);
                assertThat(((AttemptOutcome.Unavailable) outcome).cause())
                        .hasMessageContaining("may have forgotten")
                        .hasMessageContaining(forgetful.addresses().get(0));
            }
            try (RedlockBackend backend = Backends.open(uri + "?restarts=trust")) {
                assertThat(backend.attempt(Backends.request("x", Duration.ofSeconds(1)))
                                .toCompletableFuture()
                                .join())
                        .isInstanceOf(AttemptOutcome.Acquired.class);
            }
        }
    }
}
