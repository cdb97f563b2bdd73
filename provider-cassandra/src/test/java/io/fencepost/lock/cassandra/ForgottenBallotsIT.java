package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.datastax.oss.driver.api.core.CqlSession;
import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.MovableClocks;
import io.fencepost.infra.ServerNode;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The limit of what clocks may do, with either expiry: how far they may jump. Should Cassandra ever keep its transactions apart beyond it, then what the provider
 * declares is out of date.
 */
class ForgottenBallotsIT {
    /** What replicas remember ballots for where {@code gc_grace_seconds} is less. */
    private static final Duration REMEMBERED = Duration.ofHours(3);

    private static final Duration AHEAD = REMEMBERED.plusHours(5);
    private static final Duration LATER = REMEMBERED.plusHours(1);

    @Test
    void aClockThatWasAheadForLongerThanBallotsAreRememberedMakesTwoHoldersWithOneToken() {
        assumeTrue(
                MovableClocks.unavailable(ClusterKind.CASSANDRA).isEmpty(),
                () -> MovableClocks.unavailable(ClusterKind.CASSANDRA).orElse("?"));
        try (Cluster cluster =
                Clusters.start(ClusterSpec.of(ClusterKind.CASSANDRA).withMovableClocks())) {
            String uri = TestCluster.uri(cluster.addresses(), Expiry.OBSERVED);
            TestCluster.open(uri).close();
            try (CqlSession session = TestCluster.session(cluster.addresses())) {
                session.execute("ALTER TABLE " + TestCluster.KEYSPACE + ".observed WITH gc_grace_seconds = 0");
            }
            String name = TestCluster.freshName();
            setClocks(cluster, AHEAD);
            FencingToken ahead = use(uri, name);
            // nodes that run on would not go back behind the ballots that they made themselves
            restartAt(cluster, Duration.ZERO);
            FencingToken back = use(uri, name);
            assertThat(back).as("while ballots are remembered").isGreaterThan(ahead);

            restartAt(cluster, LATER);

            try (LockBackend one = TestCluster.open(uri);
                    LockBackend other = TestCluster.open(uri)) {
                Grant first = acquired(one, name);
                Grant second = acquired(other, name);
                assertThat(first.token()).isGreaterThan(back);
                assertThat(second.token()).as("token of the second holder").isEqualTo(first.token());
            }
        }
    }

    private static void setClocks(Cluster cluster, Duration offset) {
        cluster.nodes().forEach(node -> node.moveClock(offset));
    }

    private static void restartAt(Cluster cluster, Duration offset) {
        cluster.nodes().forEach(ServerNode::kill);
        setClocks(cluster, offset);
        cluster.nodes().forEach(ServerNode::restart);
        cluster.awaitHealthy(TestCluster.PATIENCE);
    }

    private static Grant acquired(LockBackend backend, String name) {
        AttemptOutcome outcome = await().atMost(TestCluster.PATIENCE)
                .until(() -> TestStages.await(backend.attempt(TestCluster.request(name))), Acquired.class::isInstance);
        return ((Acquired) outcome).grant();
    }

    private static FencingToken use(String uri, String name) {
        try (LockBackend backend = TestCluster.open(uri)) {
            Grant grant = acquired(backend, name);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestStages.await(backend.release(grant)), ReleaseOutcome.Released.class::isInstance);
            return grant.token();
        }
    }
}
