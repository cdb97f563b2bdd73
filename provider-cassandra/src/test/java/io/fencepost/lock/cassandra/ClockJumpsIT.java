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
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptOutcome.Contended;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a jump of the nodes' wall clocks does to leases: nothing with {@code expiry=observed}; with {@code expiry=ttl} it ends them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClockJumpsIT {
    private static final Duration JUMP = Duration.ofMinutes(2);

    /** Less than the jump, and more than any test here takes on a busy machine. */
    private static final Duration LONG_TTL = Duration.ofSeconds(90);

    private static final Duration SHORT_TTL = Duration.ofSeconds(3);

    /** For how long nobody else may be granted; nodes translate their messages' times by a clock that they look at every 10 s. */
    private static final Duration ABSENCE_WINDOW = Duration.ofSeconds(12);

    private static final Duration PAUSE = Duration.ofMillis(50);

    /** Whose clocks jump; the coordinator is that of the lock. */
    enum Moved {
        COORDINATOR,
        MAJORITY,
        ALL
    }

    private Cluster cluster;
    private CqlSession session;

    @BeforeAll
    void start() {
        assumeTrue(
                MovableClocks.unavailable(ClusterKind.CASSANDRA).isEmpty(),
                () -> MovableClocks.unavailable(ClusterKind.CASSANDRA).orElse("?"));
        cluster = Clusters.start(ClusterSpec.of(ClusterKind.CASSANDRA).withMovableClocks());
        for (Expiry expiry : Expiry.values()) {
            open(expiry).close();
        }
        session = TestCluster.session(cluster.addresses());
    }

    @AfterEach
    void setClocks() {
        cluster.heal();
    }

    @AfterAll
    @SuppressWarnings("NullAway") // an assumption may have kept it from being started
    void stop() {
        if (session != null) {
            session.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private LockBackend open(Expiry expiry) {
        return TestCluster.open(TestCluster.uri(cluster.addresses(), expiry));
    }

    private void jump(Moved moved, Duration offset, String lock) {
        ServerNode coordinator = TestCluster.coordinatorOf(cluster, session, lock);
        List<ServerNode> others =
                cluster.nodes().stream().filter(node -> node != coordinator).toList();
        long count = switch (moved) {
            case COORDINATOR -> 0;
            case MAJORITY -> 1;
            case ALL -> others.size();
        };
        Stream.concat(Stream.of(coordinator), others.stream().limit(count)).forEach(node -> node.moveClock(offset));
    }

    private record Held(Grant grant, long invokedAt) {
        Duration age() {
            return Duration.ofNanos(System.nanoTime() - invokedAt);
        }

        /** Whether its holder may still rely on it, as the core counts. */
        boolean isValid(Capabilities capabilities) {
            Duration ttl = grant.validity();
            Duration valid = ttl.minus(Duration.ofNanos((long) (ttl.toNanos() * capabilities.driftRate())))
                    .minus(capabilities.driftMargin());
            return age().compareTo(valid) < 0;
        }
    }

    private static AttemptOutcome attempt(LockBackend backend, String name, Duration ttl, boolean afterContention) {
        return TestStages.await(backend.attempt(TestCluster.request(name, ttl, afterContention)));
    }

    private static Held acquire(LockBackend backend, String name, Duration ttl) {
        long[] invokedAt = new long[1];
        AttemptOutcome outcome = await().pollDelay(Duration.ZERO)
                .atMost(TestCluster.PATIENCE)
                .until(
                        () -> {
                            invokedAt[0] = System.nanoTime();
                            return attempt(backend, name, ttl, false);
                        },
                        Acquired.class::isInstance);
        return new Held(((Acquired) outcome).grant(), invokedAt[0]);
    }

    private static RenewOutcome renewal(LockBackend backend, Grant grant) {
        return await().pollDelay(Duration.ZERO)
                .atMost(TestCluster.PATIENCE)
                .until(
                        () -> TestStages.await(backend.renew(grant, LONG_TTL)),
                        outcome -> !(outcome instanceof RenewOutcome.Indeterminate));
    }

    private static void assertReleased(LockBackend backend, Grant grant) {
        ReleaseOutcome outcome = await().atMost(TestCluster.PATIENCE)
                .until(
                        () -> TestStages.await(backend.release(grant)),
                        answer -> !(answer instanceof ReleaseOutcome.Indeterminate));
        assertThat(outcome).as("release by the holder").isInstanceOf(ReleaseOutcome.Released.class);
    }

    @ParameterizedTest
    @CsvSource({
        "COORDINATOR, false",
        "COORDINATOR, true",
        "MAJORITY, false",
        "MAJORITY, true",
        "ALL, false",
        "ALL, true"
    })
    void whereExpiryIsObservedNobodyElseIsGranted(Moved moved, boolean back) throws InterruptedException {
        String name = TestCluster.freshName();
        String silent = TestCluster.freshName();
        try (LockBackend holder = open(Expiry.OBSERVED);
                LockBackend contender = open(Expiry.OBSERVED)) {
            Held held = acquire(holder, name, LONG_TTL);
            attempt(contender, name, LONG_TTL, false);
            jump(moved, back ? JUMP.negated() : JUMP, name);

            Held shortOne = acquire(holder, silent, SHORT_TTL);
            boolean taken = false;
            int contended = 0;
            long end = System.nanoTime() + ABSENCE_WINDOW.toNanos();
            while (System.nanoTime() - end < 0 || !taken || contended == 0) {
                AttemptOutcome outcome = attempt(contender, name, LONG_TTL, contended > 0);
                if (held.isValid(contender.capabilities())) {
                    assertThat(outcome)
                            .as("try of a held lock %s after a jump of %s", held.age(), moved)
                            .isNotInstanceOf(Acquired.class);
                }
                contended += outcome instanceof Contended ? 1 : 0;
                if (!taken) {
                    taken = attempt(contender, silent, SHORT_TTL, true) instanceof Acquired;
                    assertThat(taken && shortOne.isValid(contender.capabilities()))
                            .as("taken over from a silent holder whose lease is valid")
                            .isFalse();
                }
                assertThat(held.age())
                        .as("time for a contended answer and a takeover")
                        .isLessThan(TestCluster.PATIENCE);
                Thread.sleep(PAUSE.toMillis());
            }
            assertThat(renewal(holder, held.grant())).isInstanceOf(RenewOutcome.Renewed.class);

            cluster.heal();

            assertThat(await().atMost(TestCluster.PATIENCE)
                            .until(() -> attempt(contender, name, LONG_TTL, false), Contended.class::isInstance))
                    .isNotNull();
            assertThat(renewal(holder, held.grant())).isInstanceOf(RenewOutcome.Renewed.class);
            assertReleased(holder, held.grant());
            assertThat(acquire(contender, name, LONG_TTL).grant().token())
                    .isGreaterThan(held.grant().token());
        }
    }

    /** The exposure that {@code expiry=ttl} declares. Should it ever hold the second owner off, then its declared trust is out of date. */
    @ParameterizedTest
    @EnumSource(Moved.class)
    void whereExpiryIsByTtlASecondOwnerGetsInWhileTheLeaseOfTheFirstIsValid(Moved moved) {
        String name = TestCluster.freshName();
        try (LockBackend holder = open(Expiry.TTL);
                LockBackend contender = open(Expiry.TTL)) {
            Held held = acquire(holder, name, LONG_TTL);
            assertThat(attempt(contender, name, LONG_TTL, false)).isInstanceOf(Contended.class);
            jump(moved, JUMP, name);

            Held second = acquire(contender, name, LONG_TTL);

            assertThat(held.isValid(holder.capabilities()))
                    .as("the first lease is valid after %s, when another holds", held.age())
                    .isTrue();
            assertThat(second.grant().token()).isGreaterThan(held.grant().token());
            assertThat(renewal(holder, held.grant())).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        }
    }

    @Test
    void aJumpThatIsUndoneLeavesLocksThatWereUsedMeanwhileUsable() {
        String name = TestCluster.freshName();
        try (LockBackend backend = open(Expiry.OBSERVED)) {
            jump(Moved.ALL, JUMP, name);
            Held ahead = acquire(backend, name, LONG_TTL);
            cluster.heal();
            ServerNode coordinator = TestCluster.coordinatorOf(cluster, session, name);
            coordinator.restart();
            cluster.awaitHealthy(TestCluster.PATIENCE);

            assertThat(renewal(backend, ahead.grant())).isInstanceOf(RenewOutcome.Renewed.class);
            assertReleased(backend, ahead.grant());
            long token = acquire(backend, name, LONG_TTL).grant().token().value();
            assertThat(token).isGreaterThan(ahead.grant().token().value());
        }
    }
}
