package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.Durability;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes that forget: what is kept with the guard, and that it is the guard that keeps it. Without hints of clocks, which would hide what is lost. */
class RedlockAmnesiaIT {
    private static final Duration GENEROUS = Duration.ofSeconds(30);
    private static final String PREFIX = "amnesia-it:";
    private static final String NAME = "x";
    private static final String FENCE = PREFIX + "fence:" + NAME;
    private static final int USES = 5;
    private static final String GUARDED = "maxTtl=2s";
    private static final Duration TTL = Duration.ofSeconds(2);

    private final Map<Durability, Cluster> clusters = new HashMap<>();

    @AfterEach
    void stop() {
        clusters.values().forEach(Cluster::close);
    }

    /**
     * A holds by nodes 0 and 1, while node 2 missed everything so far. Node 0 forgets. Nodes 0 and 2 are a quorum.
     */
    @Test
    void withoutTheGuardASecondHolderGetsASmallerToken() {
        Cluster cluster = start(Durability.UNSAFE);
        String options = "restarts=trust";
        try (FaultyLinks links = FaultyLinks.to(cluster.addresses());
                RedlockBackend first = open(links.addresses(), options);
                RedlockBackend second = open(cluster.addresses(), options)) {
            leaveOutNode2(links, first);
            Duration ttl = Duration.ofMinutes(1);
            long before = System.nanoTime();
            Grant held = acquire(first, ttl);
            cluster.nodes().get(0).restartEmpty();
            await().atMost(GENEROUS)
                    .untilAsserted(() -> assertThat(acquire(second).token()).isLessThan(held.token()));
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .as("the first holder's lease is not over")
                    .isLessThan(ttl);
        }
    }

    @Test
    void withTheGuardTheNextHolderWaitsForTheEndOfTheFirst() {
        Cluster cluster = start(Durability.UNSAFE);
        try (FaultyLinks links = FaultyLinks.to(cluster.addresses());
                RedlockBackend first = open(links.addresses(), GUARDED);
                RedlockBackend second = open(cluster.addresses(), GUARDED)) {
            awaitInService(second, 0, 1, 2);
            leaveOutNode2(links, first);
            long before = System.nanoTime();
            acquire(first, TTL);
            cluster.nodes().get(0).restartEmpty();
            await().atMost(GENEROUS).until(() -> attempt(second, TTL), AttemptOutcome.Acquired.class::isInstance);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(TTL);
        }
    }

    @Test
    void withTheGuardTheNextHolderGetsAGreaterToken() {
        Cluster cluster = start(Durability.UNSAFE);
        try (FaultyLinks links = FaultyLinks.to(cluster.addresses());
                RedlockBackend first = open(links.addresses(), GUARDED);
                RedlockBackend second = open(cluster.addresses(), GUARDED)) {
            awaitInService(second, 0, 1, 2);
            leaveOutNode2(links, first);
            Grant held = acquire(first, TTL);
            cluster.nodes().get(0).restartEmpty();
            await().atMost(GENEROUS).until(() -> !second.nodes().get(0).inService());
            awaitInService(second, 0);
            cluster.nodes().get(1).pause();
            assertThat(acquire(second).token()).as("by nodes 0 and 2").isGreaterThan(held.token());
        }
    }

    /** As above, but node 0 goes on running, and who comes next had not met it. */
    @Test
    void aLateClientDoesNotLetInASecondHolderAfterAFlush() {
        Cluster cluster = start(Durability.SAFE);
        String node0 = cluster.addresses().get(0);
        try (FaultyLinks links = FaultyLinks.to(cluster.addresses());
                RedlockBackend first = open(links.addresses(), GUARDED)) {
            leaveOutNode2(links, first);
            await().atMost(GENEROUS)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> uptime(node0) > TTL.plusSeconds(1).toSeconds());
            long before = System.nanoTime();
            acquire(first, TTL);
            Servers.ask(node0, server -> server.flushall());
            try (RedlockBackend late = open(cluster.addresses(), GUARDED)) {
                await().atMost(GENEROUS).until(() -> attempt(late, TTL), AttemptOutcome.Acquired.class::isInstance);
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(TTL);
                awaitInService(late, 0);
            }
        }
    }

    private static long uptime(String address) {
        return Servers.ask(
                address,
                server -> Incarnation.parse(server.info("server"), Map.of(), Marker.NONE)
                        .uptimeSeconds());
    }

    private static void leaveOutNode2(FaultyLinks links, RedlockBackend first) {
        awaitInService(first, 0, 1, 2);
        links.links().get(2).cut();
        await().atMost(GENEROUS).until(() -> !first.nodes().get(2).inService());
        // more often than another client fails to get it, which raises the fence of node 2 as well
        use(first, 100);
    }

    @Test
    void aLossThatNoClientSawIsNoticedByTheMarkerEvenOfADurableServer() {
        Cluster cluster = start(Durability.SAFE);
        long last;
        try (RedlockBackend backend = open(cluster.addresses(), GUARDED)) {
            last = use(backend, USES);
        }
        cluster.nodes().get(0).restartEmpty();
        try (RedlockBackend backend = open(cluster.addresses(), GUARDED)) {
            Node forgetful = backend.nodes().get(0);
            assertThat(forgetful.inService()).isFalse();
            await().atMost(GENEROUS)
                    .untilAsserted(() -> assertThat(forgetful.problem()).hasMessageContaining("without its data"));
            awaitInService(backend, 0);
            assertThat(fence(cluster, 0)).isGreaterThanOrEqualTo(last);
        }
    }

    @Test
    void aRestartWithOldDataThatNoClientSawIsNoticedByTheMarker() {
        Cluster cluster = start(Durability.UNSAFE);
        long saved;
        long last;
        try (RedlockBackend backend = open(cluster.addresses(), GUARDED)) {
            awaitInService(backend, 0, 1, 2);
            saved = use(backend, USES);
            Servers.ask(cluster.addresses().get(0), server -> server.save());
            last = use(backend, USES);
        }
        cluster.nodes().get(0).restart();
        assertThat(fence(cluster, 0)).as("it forgot the last uses").isLessThanOrEqualTo(saved);
        try (RedlockBackend backend = open(cluster.addresses(), GUARDED)) {
            assertThat(backend.nodes().get(0).inService()).isFalse();
            awaitInService(backend, 0);
            assertThat(fence(cluster, 0)).isGreaterThanOrEqualTo(last);
        }
    }

    @Test
    void durableNodesThatWereRestartedBeforeAClientCameCountAtOnce() {
        Cluster cluster = start(Durability.SAFE);
        long last;
        try (RedlockBackend backend = open(cluster.addresses(), "maxTtl=1h")) {
            last = use(backend, USES);
        }
        cluster.nodes().forEach(node -> node.restart());
        try (RedlockBackend backend = open(cluster.addresses(), "maxTtl=1h")) {
            assertThat(acquire(backend).token().value()).isGreaterThan(last);
        }
    }

    @Test
    void aServerThatIsEmptiedWhileItRunsGrantsNothingUntilItHasCaughtUp() {
        Cluster cluster = start(Durability.SAFE);
        try (RedlockBackend backend = open(cluster.addresses(), GUARDED)) {
            awaitInService(backend, 0, 1, 2);
            use(backend, USES);
            Servers.ask(cluster.addresses().get(0), server -> server.flushall());
            long last = use(backend, USES);
            Servers.ask(
                    cluster.addresses().get(0),
                    server -> assertThat(server.exists(FENCE))
                            .as("granted nothing")
                            .isZero());
            assertThat(backend.nodes().get(0).inService()).isFalse();
            awaitInService(backend, 0);
            assertThat(fence(cluster, 0)).isGreaterThanOrEqualTo(last);
        }
    }

    @Test
    void severalClientsCatchUpManyFencesAtTheSameTime() {
        int many = 3_000;
        Cluster cluster = start(Durability.SAFE);
        try (RedlockBackend first = open(cluster.addresses(), GUARDED);
                RedlockBackend second = open(cluster.addresses(), GUARDED);
                RedlockBackend third = open(cluster.addresses(), GUARDED)) {
            List<RedlockBackend> all = List.of(first, second, third);
            all.forEach(backend -> awaitInService(backend, 0, 1, 2));
            for (int node = 1; node < 3; node++) {
                // each knows half of them better
                int greater = node;
                Map<String, String> fences = new HashMap<>();
                IntStream.range(0, many)
                        .forEach(i -> fences.put(
                                PREFIX + "fence:" + i, Integer.toString(10 + (i % 2 == greater % 2 ? 1_000 : 0) + i)));
                Servers.ask(cluster.addresses().get(node), server -> server.mset(fences));
            }
            cluster.nodes().get(0).restartEmpty();
            Servers.ask(cluster.addresses().get(0), server -> server.set(PREFIX + "fence:7", "9000"));
            all.forEach(backend ->
                    await().atMost(GENEROUS).until(() -> !backend.nodes().get(0).inService()));
            all.forEach(backend -> awaitInService(backend, 0));
            List<String> keys = IntStream.range(0, many)
                    .mapToObj(i -> PREFIX + "fence:" + i)
                    .toList();
            List<String> caughtUp = Servers.ask(
                    cluster.addresses().get(0),
                    server -> server.mget(keys.toArray(new String[0])).stream()
                            .map(each -> each.getValueOrElse("none"))
                            .toList());
            for (int i = 0; i < many; i++) {
                assertThat(caughtUp.get(i)).as("fence %d", i).isEqualTo(i == 7 ? "9000" : Integer.toString(1_010 + i));
            }
        }
    }

    @Test
    void whereTooManyForgetTheRestIsRead() {
        Cluster cluster = start(Durability.UNSAFE);
        try (RedlockBackend backend = open(cluster.addresses(), GUARDED)) {
            awaitInService(backend, 0, 1, 2);
            use(backend, USES);
            Servers.ask(cluster.addresses().get(2), server -> server.set(FENCE, "77"));
            cluster.nodes().get(0).restartEmpty();
            cluster.nodes().get(1).restartEmpty();
            await().atMost(GENEROUS)
                    .until(() -> !backend.nodes().get(0).inService()
                            && !backend.nodes().get(1).inService());
            awaitInService(backend, 0, 1);
            assertThat(fence(cluster, 0)).isEqualTo(77);
            assertThat(fence(cluster, 1)).isEqualTo(77);
        }
    }

    @Test
    void aCatchUpWaitsForAQuorumOfTheOthers() {
        Cluster cluster = start(Durability.SAFE);
        try (RedlockBackend backend = open(cluster.addresses(), "maxTtl=1s")) {
            long last = use(backend, USES);
            cluster.nodes().get(1).kill();
            cluster.nodes().get(0).restartEmpty();
            Node forgetful = backend.nodes().get(0);
            await().atMost(GENEROUS)
                    .untilAsserted(() ->
                            assertThat(forgetful.problem()).hasMessageContaining("fewer than a quorum of the others"));
            // longer than it would have to stay out for the locks alone
            await().during(Duration.ofSeconds(4)).atMost(GENEROUS).until(() -> !forgetful.inService());
            cluster.nodes().get(1).restart();
            awaitInService(backend, 0, 1);
            assertThat(fence(cluster, 0)).isGreaterThanOrEqualTo(last);
        }
    }

    private Cluster start(Durability durability) {
        return clusters.computeIfAbsent(
                durability,
                kind -> Clusters.start(
                        ClusterSpec.of(ClusterKind.REDIS).withNodes(3).withDurability(kind)));
    }

    private static RedlockBackend open(List<String> addresses, String options) {
        return Backends.open(
                Servers.uri(addresses, "tokenHint=none&quorumTimeout=1s&keyPrefix=" + PREFIX + "&" + options));
    }

    private static void awaitInService(RedlockBackend backend, int... nodes) {
        await().atMost(GENEROUS)
                .until(() -> IntStream.of(nodes)
                        .allMatch(node -> backend.nodes().get(node).inService()));
    }

    /** Takes and frees the lock some times, and returns the last token. */
    private static long use(RedlockBackend backend, int times) {
        long token = 0;
        for (int i = 0; i < times; i++) {
            // where a node has not taken the release yet, an attempt may fail
            AttemptOutcome outcome = await().atMost(GENEROUS)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> attempt(backend, TTL), AttemptOutcome.Acquired.class::isInstance);
            Grant grant = ((AttemptOutcome.Acquired) outcome).grant();
            token = grant.token().value();
            backend.release(grant).toCompletableFuture().join();
        }
        return token;
    }

    private static Grant acquire(RedlockBackend backend) {
        return acquire(backend, TTL);
    }

    private static Grant acquire(RedlockBackend backend, Duration ttl) {
        AttemptOutcome outcome = attempt(backend, ttl);
        assertThat(outcome).isInstanceOf(AttemptOutcome.Acquired.class);
        return ((AttemptOutcome.Acquired) outcome).grant();
    }

    private static AttemptOutcome attempt(RedlockBackend backend, Duration ttl) {
        return backend.attempt(Backends.request(NAME, ttl))
                .toCompletableFuture()
                .join();
    }

    private static long fence(Cluster cluster, int node) {
        return Servers.ask(cluster.addresses().get(node), server -> Long.parseLong(server.get(FENCE)));
    }
}
