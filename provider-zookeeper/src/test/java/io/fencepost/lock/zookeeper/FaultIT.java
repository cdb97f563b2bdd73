package io.fencepost.lock.zookeeper;

import static io.fencepost.lock.zookeeper.Backends.LONG;
import static io.fencepost.lock.zookeeper.Backends.acquire;
import static io.fencepost.lock.zookeeper.Backends.attempt;
import static io.fencepost.lock.zookeeper.Backends.get;
import static io.fencepost.lock.zookeeper.Backends.newName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.ServerNode;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers that die, stop and come back under a client. */
class FaultIT {
    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final Duration SLACK = Duration.ofSeconds(2);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String OPTIONS = "operationTimeout=3s";

    private final Cluster cluster = Clusters.zookeeper();

    @AfterEach
    void heal() {
        cluster.heal();
    }

    private ServerNode leader() {
        return cluster.nodes().stream().filter(Ensemble::leads).findFirst().orElseThrow();
    }

    @Test
    void killingTheLeaderCostsNoLeaseAndGivesNoSecondHolder() throws Exception {
        String uri = "zookeeper://" + String.join(",", cluster.addresses()) + "/it";
        String name = newName();
        LockOptions options = LockOptions.ttl(Duration.ofSeconds(10));
        try (LockClient first = LockClients.open(uri);
                LockClient second = LockClients.open(uri)) {
            Lease lease = first.lock(name, options).acquire();
            leader().kill();
            Optional<Lease> other = second.lock(name, options).tryAcquire(Duration.ofSeconds(15));
            if (other.isPresent()) {
                // a slow election on a crowded machine: the first must have known that it was over
                assertThat(lease.isValid()).isFalse();
                assertThat(other.get().token()).isGreaterThan(lease.token());
            } else {
                assertThat(lease.isValid()).isTrue();
                assertThat(lease.renew()).isInstanceOf(RenewOutcome.Renewed.class);
                assertThat(lease.release()).isEqualTo(new ReleaseOutcome.Released());
                assertThat(second.lock(name, options).tryAcquire(LONG)).isPresent();
            }
        }
    }

    @Test
    void withoutAMajorityAttemptsEndInTimeAndAfterHealingTheSameClientWorks() {
        try (ZooKeeperBackend backend = Backends.open(OPTIONS)) {
            String name = newName();
            HeldGrant grant = acquire(backend, name, Duration.ofSeconds(1));
            cluster.nodes().subList(0, 2).forEach(ServerNode::kill);
            for (int i = 0; i < 2; i++) {
                long start = System.nanoTime();
                AttemptOutcome outcome = attempt(backend, newName(), LONG);
                assertThat(outcome)
                        .isInstanceOfAny(AttemptOutcome.Unavailable.class, AttemptOutcome.Indeterminate.class);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(OPERATION.plus(SLACK));
            }
            assertThat(get(backend.renew(grant, LONG))).isNotInstanceOf(RenewOutcome.Renewed.class);
            assertThat(get(backend.release(grant))).isInstanceOf(ReleaseOutcome.Indeterminate.class);
            cluster.heal();
            await().atMost(MINUTE).until(() -> attempt(backend, name, LONG) instanceof AttemptOutcome.Acquired);
        }
    }

    @Test
    void anAttemptWhoseAnswerDidNotComeLeavesNothingBehind() {
        try (ZooKeeperBackend backend = Backends.open(OPTIONS);
                ZooKeeperBackend other = Backends.open(OPTIONS)) {
            String name = newName();
            cluster.nodes().forEach(ServerNode::pause);
            AttemptOutcome outcome = attempt(backend, name, LONG);
            assertThat(outcome).isInstanceOf(AttemptOutcome.Indeterminate.class);
            cluster.nodes().forEach(ServerNode::resume);
            // the ttl is ten seconds and the session thirty: only the clean-up can free it sooner
            long start = System.nanoTime();
            await().atMost(MINUTE).until(() -> attempt(other, name, LONG) instanceof AttemptOutcome.Acquired);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
        }
    }

    @Test
    void aServerThatStopsIsLeftForAnotherWithinTheOperation() {
        ServerNode follower =
                cluster.nodes().stream().filter(Ensemble::follows).findFirst().orElseThrow();
        List<String> others = cluster.addresses().stream()
                .filter(address -> !address.endsWith(":" + follower.address().getPort()))
                .toList();
        String all = "127.0.0.1:" + follower.address().getPort() + "," + String.join(",", others);
        try (ZooKeeperBackend backend = Backends.open(all, "operationTimeout=8s")) {
            await().atMost(MINUTE).until(() -> {
                ZooKeeper session = backend.connection().connected();
                if (session == null) {
                    return false;
                }
                if (session.toString().contains(":" + follower.address().getPort())) {
                    return true;
                }
                session.getTestable().closeSocket();
                await().atMost(LONG).until(() -> backend.connection().connected() != null);
                return false;
            });
            follower.pause();
            assertThat(attempt(backend, newName(), LONG)).isInstanceOf(AttemptOutcome.Acquired.class);
        }
    }
}
