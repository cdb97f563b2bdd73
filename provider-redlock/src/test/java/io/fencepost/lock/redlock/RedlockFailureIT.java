package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.ServerNode;
import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.Grant;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the backend answers while nodes of it are stopped, gone, restarted or flushed. */
class RedlockFailureIT {
    private static final Duration GENEROUS = Duration.ofSeconds(20);
    private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(8);

    private final Cluster cluster = Clusters.redis();
    private final String name = Backends.newName();
    private RedlockBackend backend = Backends.open(5, "operationTimeout=8s&quorumTimeout=8s");

    @BeforeEach
    void allNodesAreInService() {
        awaitAllInService();
    }

    @AfterEach
    void heal() {
        cluster.heal();
        backend.close();
    }

    @Test
    void oneStoppedNodeIsNotFelt() {
        cluster.nodes().get(2).pause();
        for (int i = 0; i < 20; i++) {
            long before = System.nanoTime();
            Grant grant = acquire();
            assertThat(backend.renew(grant, Duration.ofSeconds(10))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(release(grant)).isInstanceOf(ReleaseOutcome.Released.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(OPERATION_TIMEOUT.dividedBy(2));
        }
    }

    @Test
    void aStoppedNodeTakesAndFreesWhatItMissed() {
        ServerNode stopped = cluster.nodes().get(1);
        stopped.pause();
        release(acquire());
        stopped.resume();
        onNode(
                1,
                server -> await().atMost(GENEROUS)
                        .untilAsserted(() -> assertThat(server.sync().exists(Backends.PREFIX + "lock:" + name))
                                .isZero()));
    }

    @Test
    void aMinorityMayDie() {
        Grant before = acquire();
        cluster.nodes().get(0).kill();
        cluster.nodes().get(4).kill();
        assertThat(backend.renew(before, Duration.ofSeconds(10))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(attempt()).isInstanceOf(AttemptOutcome.Contended.class);
        Optional<LockState> seen = backend.inspect(name).toCompletableFuture().join();
        assertThat(seen).map(LockState::holder).contains(Backends.HOLDER);
        assertThat(release(before)).isInstanceOf(ReleaseOutcome.Released.class);
        assertThat(acquire().token()).isGreaterThan(before.token());
    }

    @Test
    void withoutAMajorityItIsUnavailableAndComesBackByItself() {
        Grant before = acquire();
        release(before);
        for (int i = 0; i < 3; i++) {
            cluster.nodes().get(i).kill();
        }
        // an attempt under way while connections break does not know what became of it
        await().atMost(GENEROUS)
                .untilAsserted(() -> assertThat(attempt()).isInstanceOf(AttemptOutcome.Unavailable.class));
        assertThat(((AttemptOutcome.Unavailable) attempt()).cause())
                .hasMessageContaining(cluster.addresses().get(0))
                .hasMessageContaining(name);
        assertThat(backend.inspect(name).toCompletableFuture())
                .failsWithin(GENEROUS)
                .withThrowableThat()
                .withMessageContaining("could not be inspected");

        cluster.heal();
        await().atMost(GENEROUS).untilAsserted(() -> {
            AttemptOutcome outcome = attempt();
            assertThat(outcome).isInstanceOf(AttemptOutcome.Acquired.class);
            assertThat(((AttemptOutcome.Acquired) outcome).grant().token()).isGreaterThan(before.token());
        });
    }

    @Test
    void withAStoppedMajorityItIsIndeterminateWithinTheTimeout() {
        try (RedlockBackend impatient = Backends.open(5, "operationTimeout=600ms&quorumTimeout=500ms")) {
            Grant grant = acquire();
            for (int i = 0; i < 3; i++) {
                cluster.nodes().get(i).pause();
            }
            CompletionStage<AttemptOutcome> attempt =
                    impatient.attempt(Backends.request(Backends.newName(), Duration.ofSeconds(10)));
            CompletionStage<RenewOutcome> renewal = impatient.renew(grant, Duration.ofSeconds(10));
            CompletionStage<ReleaseOutcome> release = impatient.release(grant);
            assertThat(attempt.toCompletableFuture())
                    .succeedsWithin(GENEROUS)
                    .isInstanceOf(AttemptOutcome.Indeterminate.class);
            assertThat(renewal.toCompletableFuture())
                    .succeedsWithin(GENEROUS)
                    .isInstanceOf(RenewOutcome.Indeterminate.class);
            assertThat(release.toCompletableFuture())
                    .succeedsWithin(GENEROUS)
                    .isInstanceOf(ReleaseOutcome.Indeterminate.class);
            cluster.heal();
        }
    }

    @Test
    void aNodeThatHangsForLongIsConnectedAnew() {
        try (RedlockBackend impatient = Backends.open(5, "operationTimeout=200ms")) {
            Node hanging = impatient.nodes().get(2);
            await().atMost(GENEROUS).until(hanging::inService);
            cluster.nodes().get(2).pause();
            impatient
                    .attempt(Backends.request(name, Duration.ofSeconds(1)))
                    .toCompletableFuture()
                    .join();
            await().atMost(GENEROUS)
                    .untilAsserted(() -> assertThat(hanging.problem()).hasMessageContaining("answered nothing"));
            cluster.nodes().get(2).resume();
            await().atMost(GENEROUS).until(hanging::inService);
        }
    }

    @Test
    void aForcedReleaseThatComesLateSparesTheSuccessor() {
        RedlockGrant thrownOut = (RedlockGrant) acquire();
        assertThat(backend.forceRelease(name).toCompletableFuture().join()).isInstanceOf(ReleaseOutcome.Released.class);
        Grant successor = acquire();
        assertThat(successor.token()).isGreaterThan(thrownOut.token());

        CompletableFuture<List<Object>> late = new CompletableFuture<>();
        String[] args = {thrownOut.value(), "0", "", ""};
        backend.nodes()
                .get(0)
                .call(
                        Script.FORCE,
                        Backends.settings("redlock://x?keyPrefix=" + Backends.PREFIX)
                                .keys(name),
                        args,
                        new NodeReply() {
                            @Override
                            public void answered(List<Object> reply) {
                                late.complete(reply);
                            }

                            @Override
                            public void failed(boolean mayTakeEffect, Throwable cause) {
                                late.completeExceptionally(cause);
                            }
                        });
        assertThat(late).succeedsWithin(GENEROUS).isEqualTo(List.of(0L));
        assertThat(backend.renew(thrownOut, Duration.ofSeconds(10))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(RenewOutcome.Lost.class);
        assertThat(release(successor)).isInstanceOf(ReleaseOutcome.Released.class);
        assertThat(backend.forceRelease(name).toCompletableFuture().join()).isInstanceOf(ReleaseOutcome.NotHeld.class);
    }

    /**
     * Regression: a RELEASE that an I/O thread sent could overtake the ACQUIRE that another thread had sent before it, and the mark stayed for its ttl; enough of them
     * kept a contended lock shut for seconds.
     */
    @Test
    void contentionLeavesNoMarkBehind() {
        try (RedlockBackend second = Backends.open(5, "operationTimeout=8s&quorumTimeout=8s");
                RedlockBackend third = Backends.open(5, "operationTimeout=8s&quorumTimeout=8s")) {
            for (int i = 0; i < 300; i++) {
                Stream.of(backend, second, third)
                        .map(each -> each.attempt(Backends.request(name, Duration.ofSeconds(60)))
                                .thenCompose(outcome -> outcome instanceof AttemptOutcome.Acquired acquired
                                        ? each.release(acquired.grant())
                                        : CompletableFuture.completedFuture(new ReleaseOutcome.Released()))
                                .toCompletableFuture())
                        .toList()
                        .forEach(release -> assertThat(release.join()).isInstanceOf(ReleaseOutcome.Released.class));
            }
            for (int i = 0; i < 5; i++) {
                onNode(
                        i,
                        server -> await().atMost(GENEROUS)
                                .untilAsserted(() -> assertThat(server.sync().exists(Backends.PREFIX + "lock:" + name))
                                        .isZero()));
            }
        }
    }

    @Test
    void closingAnswersWhatIsUnderWay() {
        for (int i = 0; i < 3; i++) {
            cluster.nodes().get(i).pause();
        }
        CompletionStage<AttemptOutcome> attempt = backend.attempt(Backends.request(name, Duration.ofSeconds(60)));
        backend.close();
        assertThat(attempt.toCompletableFuture())
                .succeedsWithin(OPERATION_TIMEOUT.dividedBy(2))
                .isInstanceOf(AttemptOutcome.Indeterminate.class);
    }

    @Test
    void flushedScriptsAtOneNodeAreNotFelt() {
        onNode(3, server -> server.sync().scriptFlush());
        release(acquire());
        awaitAllInService();
    }

    @Test
    void flushedScriptsEverywhereAreLoadedAgainAfterALook() {
        Grant grant = acquire();
        for (int i = 0; i < 5; i++) {
            onNode(i, server -> server.sync().scriptFlush());
        }
        assertThat(attempt()).isInstanceOf(AttemptOutcome.Unavailable.class);
        awaitAllInService();
        assertThat(attempt()).isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(release(grant)).isInstanceOf(ReleaseOutcome.Released.class);
    }

    @Test
    void nodesRestartedWithTheirDataCountAtOnce() {
        Grant grant = acquire();
        for (ServerNode node : cluster.nodes()) {
            node.restart();
        }
        awaitAllInService();
        assertThat(attempt()).isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(backend.renew(grant, Duration.ofSeconds(10))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(release(grant)).isInstanceOf(ReleaseOutcome.Released.class);
        assertThat(acquire().token()).isGreaterThan(grant.token());
    }

    @Test
    void aNodeRestartedWithoutItsDataStaysOutForTheLongestTtl() {
        try (RedlockBackend witness = Backends.open(5, "maxTtl=4s")) {
            cluster.nodes().get(3).restartEmpty();
            Node restarted = witness.nodes().get(3);
            await().atMost(GENEROUS)
                    .untilAsserted(() -> assertThat(restarted.problem()).hasMessageContaining("without its data"));
            assertThat(restarted.inService()).isFalse();
            await().atMost(GENEROUS).until(restarted::inService);
        }
    }

    @Test
    void aReleaseThatANodeCouldNotTakeIsSentWhenItIsBack() {
        Grant grant = acquire();
        // the answer of a quorum is enough: the rest follows
        onNode(
                0,
                server -> await().atMost(GENEROUS)
                        .untilAsserted(() -> assertThat(server.sync().exists(Backends.PREFIX + "lock:" + name))
                                .isOne()));
        cluster.nodes().get(0).kill();
        await().atMost(GENEROUS).until(() -> !backend.nodes().get(0).inService());
        release(grant);
        cluster.heal();
        onNode(
                0,
                server -> await().atMost(Duration.ofSeconds(5))
                        .untilAsserted(() -> assertThat(server.sync().exists(Backends.PREFIX + "lock:" + name))
                                .isZero()));
    }

    private void awaitAllInService() {
        await().atMost(GENEROUS).until(() -> backend.nodes().stream().allMatch(Node::inService));
    }

    private AttemptOutcome attempt() {
        return backend.attempt(Backends.request(name, Duration.ofSeconds(10)))
                .toCompletableFuture()
                .join();
    }

    private Grant acquire() {
        AttemptOutcome outcome = attempt();
        assertThat(outcome).isInstanceOf(AttemptOutcome.Acquired.class);
        return ((AttemptOutcome.Acquired) outcome).grant();
    }

    private ReleaseOutcome release(Grant grant) {
        return backend.release(grant).toCompletableFuture().join();
    }

    private void onNode(int index, Consumer<StatefulRedisConnection<String, String>> action) {
        RedisClient client = RedisClient.create(
                RedisURI.create("redis://" + cluster.addresses().get(index)));
        try (StatefulRedisConnection<String, String> server = client.connect()) {
            action.accept(server);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }
}
