package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.infra.Clusters;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedValue;
import io.fencepost.lock.fencing.FencedWrite;
import io.fencepost.lock.zookeeper.fencing.ZooKeeperFencedResources;
import io.fencepost.tck.FencedRace;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fenced values in a real ensemble, whose answers get lost; chapter 11 of the kit has the rules. */
class FencedResourcesIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int LOST = 3;
    private static final FencingToken FIVE = new FencingToken(5);

    private final List<String> addresses = Clusters.zookeeper().addresses();
    private final FaultyLinks links = FaultyLinks.to(addresses);
    private final String base = "/fenced-it-" + UUID.randomUUID() + "/values";
    private final FencedResource direct = FencedSession.open(addresses, base, TIMEOUT);

    @AfterEach
    void close() {
        direct.close();
        links.close();
    }

    private FencedResource linked() {
        return FencedSession.open(links.addresses(), base, TIMEOUT);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void writersThatRaceAndLoseAnswersEndWithTheGreatestToken() throws InterruptedException {
        try (FencedResource one = linked();
                FencedResource two = FencedSession.open(addresses, base, TIMEOUT);
                FencedResource three = FencedSession.open(addresses, base, TIMEOUT)) {
            CompletableFuture<Void> race = CompletableFuture.runAsync(() -> {
                try {
                    FencedRace.run(direct, List.of(one, two, three), "race", new Random(1), PATIENCE);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            long before = links.resets();
            for (int lost = 0; lost < LOST && !race.isDone(); lost++) {
                links.loseNextAnswer();
                Thread.sleep(50);
            }
            race.join();
            assertThat(links.resets())
                    .as("connections reset with an answer lost")
                    .isGreaterThan(before);
        }
    }

    @Test
    void aLostAnswerIsFoundOut() {
        try (FencedResource linked = linked()) {
            assertThat(linked.write("k", FIVE, bytes("a")).isAccepted()).isTrue();
            links.loseNextAnswer();
            assertThat(linked.write("k", FIVE, bytes("b")).isAccepted()).isTrue();
            assertThat(links.resets()).isPositive();
            assertThat(direct.read("k")).hasValue(new FencedValue(FIVE, bytes("b")));
        }
    }

    @Test
    void theValueIsAZnodeAsItIsAndTheFenceOutlivesIt() throws Exception {
        direct.write("orders/42", FIVE, bytes("a"));
        ZooKeeper session = new ZooKeeper(String.join(",", addresses), 15_000, event -> {});
        try {
            String path = base + "/orders%2F42";
            assertThat(session.getData(path + "/value", false, new Stat())).isEqualTo(bytes("a"));
            assertThat(direct.delete("orders/42", new FencingToken(6)).isAccepted())
                    .isTrue();
            assertThat(session.exists(path + "/value", false)).isNull();
            assertThat(new String(session.getData(path, false, new Stat()), UTF_8))
                    .startsWith("6 ")
                    .endsWith(" deleted");
            assertThat(direct.write("orders/42", FIVE, bytes("b")))
                    .isEqualTo(new FencedWrite.Stale(new FencingToken(6)));
            assertThat(direct.read("orders/42")).isEmpty();

            meddle(session, path + "/value");
            assertThatThrownBy(() -> direct.write("orders/42", new FencingToken(7), bytes("c")))
                    .isInstanceOf(LockUnavailableException.class)
                    .hasMessageContaining(path + "/value was made or deleted by somebody else");
        } finally {
            session.close(2_000);
        }
    }

    private static void meddle(ZooKeeper session, String path) throws KeeperException, InterruptedException {
        session.create(path, bytes("x"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    @Test
    void badInputIsRefused() {
        for (String bad : List.of("", "no-slash", "/", "/zookeeper/a", "/a//b")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ZooKeeperFencedResources.over(
                            () -> {
                                throw new AssertionError("asked for a session");
                            },
                            bad,
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            TIMEOUT))
                    .withMessageContaining("'" + bad + "'");
        }
    }
}
