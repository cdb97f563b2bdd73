package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.ServerNode;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handoffs over real servers: what they cost, and what is left of the predecessor. */
class RedlockHandoffIT {
    private static final Duration GENEROUS = Duration.ofSeconds(20);
    private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(8);
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final int CHAIN = 200;

    private final Cluster cluster = Clusters.redis();
    private final String name = Backends.newName();
    private final RedlockBackend backend = open("");

    private static RedlockBackend open(String options) {
        return Backends.open(5, "operationTimeout=8s&quorumTimeout=8s" + options);
    }

    @BeforeEach
    void allNodesAreInService() {
        awaitAllInService(backend);
    }

    private static void awaitAllInService(RedlockBackend subject) {
        await().atMost(GENEROUS).until(() -> subject.nodes().stream().allMatch(Node::inService));
    }

    @AfterEach
    void heal() {
        cluster.heal();
        backend.close();
    }

    @Test
    void aChainCostsOneCommandOfEachNodeForEachLease() {
        try (RedlockBackend counting = open("&tokenHint=none")) {
            awaitAllInService(counting);
            long[] before = scriptCalls();
            Grant grant = acquired(counting.attempt(Backends.request(name, TTL)));
            long first = grant.token().value();
            for (int i = 1; i <= CHAIN; i++) {
                HandoffOutcome outcome = handOff(counting, grant);
                assertThat(outcome.released()).isInstanceOf(ReleaseOutcome.Released.class);
                grant = ((AttemptOutcome.Acquired) outcome.attempted()).grant();
                assertThat(grant.token().value())
                        .as("nodes agree, so that it goes up by one")
                        .isEqualTo(first + i);
            }
            assertThat(release(counting, grant)).isInstanceOf(ReleaseOutcome.Released.class);
            awaitFreeEverywhere();
            long[] after = scriptCalls();
            List<Long> calls =
                    IntStream.range(0, 5).mapToObj(i -> after[i] - before[i]).toList();
            // the first lease, the chain and the release; a node that was late may have been spared some
            assertThat(calls).allSatisfy(each -> assertThat(each).isLessThanOrEqualTo(CHAIN + 2));
            assertThat(calls.stream().mapToLong(each -> each).sum()).isGreaterThanOrEqualTo(3L * (CHAIN + 2));
        }
    }

    @Test
    void thePredecessorHoldsNothingAndTheSuccessorAll() {
        Grant first = acquired(backend.attempt(Backends.request(name, TTL)));
        Grant second = ((AttemptOutcome.Acquired) handOff(backend, first).attempted()).grant();
        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(renew(first)).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(release(backend, first)).isInstanceOf(ReleaseOutcome.NotHeld.class);
        assertThat(renew(second)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(attempt()).isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(release(backend, second)).isInstanceOf(ReleaseOutcome.Released.class);
        assertThat(attempt()).isInstanceOf(AttemptOutcome.Acquired.class);
    }

    @Test
    void whatThePredecessorNoLongerHoldsIsNotTaken() {
        Grant first = acquired(backend.attempt(Backends.request(name, TTL)));
        backend.forceRelease(name).toCompletableFuture().join();
        Grant stranger = acquired(backend.attempt(Backends.request(name, TTL)));
        HandoffOutcome outcome = handOff(backend, first);
        assertThat(outcome.released()).isInstanceOf(ReleaseOutcome.NotHeld.class);
        assertThat(outcome.attempted()).isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(renew(stranger)).isInstanceOf(RenewOutcome.Renewed.class);
    }

    @Test
    void aFreeLockIsTakenThoughThePredecessorLostIt() {
        Grant first = acquired(backend.attempt(Backends.request(name, TTL)));
        assertThat(release(backend, first)).isInstanceOf(ReleaseOutcome.Released.class);
        awaitFreeEverywhere();
        HandoffOutcome outcome = handOff(backend, first);
        assertThat(outcome.released()).isInstanceOf(ReleaseOutcome.NotHeld.class);
        assertThat(outcome.attempted()).isInstanceOf(AttemptOutcome.Acquired.class);
    }

    @Test
    void oneStoppedNodeIsNotFeltAndFreesWhatItMissed() {
        ServerNode stopped = cluster.nodes().get(2);
        stopped.pause();
        long before = System.nanoTime();
        Grant grant = acquired(backend.attempt(Backends.request(name, TTL)));
        for (int i = 0; i < CHAIN; i++) {
            Grant next = ((AttemptOutcome.Acquired) handOff(backend, grant).attempted()).grant();
            assertThat(next.token()).isGreaterThan(grant.token());
            grant = next;
        }
        assertThat(release(backend, grant)).isInstanceOf(ReleaseOutcome.Released.class);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(OPERATION_TIMEOUT);
        stopped.resume();
        awaitFreeEverywhere();
    }

    @Test
    void aNodeThatDiesInAChainIsNotFeltAndFreesWhatItKept() {
        Grant grant = acquired(backend.attempt(Backends.request(name, TTL)));
        for (int i = 0; i < 3; i++) {
            grant = ((AttemptOutcome.Acquired) handOff(backend, grant).attempted()).grant();
        }
        cluster.nodes().get(4).kill();
        await().atMost(GENEROUS).until(() -> !backend.nodes().get(4).inService());
        Grant last = ((AttemptOutcome.Acquired) handOff(backend, grant).attempted()).grant();
        assertThat(last.token()).isGreaterThan(grant.token());
        assertThat(release(backend, last)).isInstanceOf(ReleaseOutcome.Released.class);
        cluster.heal();
        awaitFreeEverywhere();
    }

    @Test
    void contentionWithHandoffsLeavesNoMarkBehind() {
        try (RedlockBackend second = open("");
                RedlockBackend third = open("")) {
            for (int i = 0; i < CHAIN; i++) {
                Stream.of(backend, second, third)
                        .map(each -> each.attempt(Backends.request(name, Duration.ofSeconds(60)))
                                .thenCompose(outcome -> handOffAndRelease(each, outcome))
                                .toCompletableFuture())
                        .toList()
                        .forEach(release -> assertThat(release.join()).isInstanceOf(ReleaseOutcome.Released.class));
            }
            awaitFreeEverywhere();
        }
    }

    private CompletionStage<ReleaseOutcome> handOffAndRelease(RedlockBackend client, AttemptOutcome outcome) {
        if (!(outcome instanceof AttemptOutcome.Acquired acquired)) {
            return CompletableFuture.completedFuture(new ReleaseOutcome.Released());
        }
        return client.handOff(acquired.grant(), Backends.request(name, Duration.ofSeconds(60)))
                .thenCompose(handoff -> client.release(((AttemptOutcome.Acquired) handoff.attempted()).grant()));
    }

    private HandoffOutcome handOff(RedlockBackend client, Grant grant) {
        return client.handOff(grant, Backends.request(name, TTL))
                .toCompletableFuture()
                .join();
    }

    private AttemptOutcome attempt() {
        return backend.attempt(Backends.request(name, TTL))
                .toCompletableFuture()
                .join();
    }

    private static Grant acquired(CompletionStage<AttemptOutcome> attempt) {
        return ((AttemptOutcome.Acquired) attempt.toCompletableFuture().join()).grant();
    }

    private RenewOutcome renew(Grant grant) {
        return backend.renew(grant, TTL).toCompletableFuture().join();
    }

    private static ReleaseOutcome release(RedlockBackend client, Grant grant) {
        return client.release(grant).toCompletableFuture().join();
    }

    private void awaitFreeEverywhere() {
        for (String address : cluster.addresses()) {
            await().atMost(GENEROUS)
                    .untilAsserted(() -> assertThat(Servers.<Long>ask(
                                    address, server -> server.exists(Backends.PREFIX + "lock:" + name)))
                            .isZero());
        }
    }

    /** How many scripts each node was asked to run since it was started. */
    private long[] scriptCalls() {
        List<String> addresses = cluster.addresses();
        return addresses.stream().mapToLong(Servers::scriptCalls).toArray();
    }
}
