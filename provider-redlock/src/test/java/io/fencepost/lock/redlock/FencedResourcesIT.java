package io.fencepost.lock.redlock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Clusters;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedValue;
import io.fencepost.lock.fencing.FencedWrite;
import io.fencepost.lock.redlock.fencing.RedisFencedResources;
import io.fencepost.tck.FencedRace;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fenced values at one real server, whose answers get lost; chapter 11 of the kit has the rules. */
class FencedResourcesIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LOST = 6;
    private static final FencingToken FIVE = new FencingToken(5);

    private final String address = Clusters.redis().addresses().get(0);
    private final FaultyLinks links = FaultyLinks.to(List.of(address));
    private final FencedResource direct = open(address, TIMEOUT);
    private final String key = Backends.newName();

    private static FencedResource open(String address, Duration timeout) {
        return RedisFencedResources.open("redis://" + address, "fenced-it:", timeout);
    }

    private FencedResource linked(Duration timeout) {
        return open(links.addresses().get(0), timeout);
    }

    @AfterEach
    void close() {
        direct.close();
        links.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void writersThatRaceAndLoseAnswersEndWithTheGreatestToken() throws InterruptedException {
        try (FencedResource one = linked(TIMEOUT);
                FencedResource two = linked(TIMEOUT);
                FencedResource three = open(address, TIMEOUT)) {
            CompletableFuture<Void> race = CompletableFuture.runAsync(() -> {
                try {
                    FencedRace.run(direct, List.of(one, two, three), key, new Random(1), PATIENCE);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            long before = links.resets();
            // fewer than a writer tries again: an answer may be one of those that make a connection
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
        try (FencedResource linked = linked(TIMEOUT)) {
            assertThat(linked.write(key, FIVE, bytes("a")).isAccepted()).isTrue();
            links.loseNextAnswer();
            assertThat(linked.write(key, FIVE, bytes("b")).isAccepted()).isTrue();
            assertThat(links.resets()).isPositive();
            assertThat(direct.read(key)).hasValue(new FencedValue(FIVE, bytes("b")));
        }
    }

    @Test
    void aRequestThatIsHeldUpBringsNoOldValueBack() {
        try (FencedResource linked = linked(Duration.ofMillis(400))) {
            assertThat(linked.write(key, FIVE, bytes("a")).isAccepted()).isTrue();
            links.holdRequests();
            assertThatThrownBy(() -> linked.write(key, FIVE, bytes("b"))).isInstanceOf(OutcomeUnknownException.class);
            assertThat(links.heldBytes()).isPositive();
            assertThat(direct.write(key, FIVE, bytes("c")).isAccepted()).isTrue();
            links.heal();
            await().atMost(PATIENCE).until(() -> links.heldBytes() == 0);
            assertThat(linked.read(key)).hasValue(new FencedValue(FIVE, bytes("c")));
        }
    }

    @Test
    void aDeletionLeavesTheFenceInTheHash() {
        assertThat(direct.delete(key, FIVE).isAccepted()).isTrue();
        assertThat(Servers.<String>ask(address, redis -> redis.hget("fenced-it:" + key, "fence")))
                .isEqualTo("5");
        assertThat(Servers.<Boolean>ask(address, redis -> redis.hexists("fenced-it:" + key, "value")))
                .isFalse();
        assertThat(direct.write(key, new FencingToken(4), bytes("a"))).isEqualTo(new FencedWrite.Stale(FIVE));
    }

    @Test
    void aServerThatIsNotThereAndAKeyOfAnotherKindAreSaid() {
        links.cut();
        try (FencedResource linked = linked(TIMEOUT)) {
            assertThatThrownBy(() -> linked.write(key, FIVE, bytes("a")))
                    .isInstanceOf(LockUnavailableException.class)
                    .hasMessageContainingAll("redis: 127.0.0.1:", "with token 5 was not written");
        }
        Servers.<String>ask(address, redis -> redis.set("fenced-it:" + key, "a string"));
        assertThatThrownBy(() -> direct.write(key, FIVE, bytes("a")))
                .isInstanceOf(LockUnavailableException.class)
                .hasMessageContaining("WRONGTYPE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisFencedResources.open("redis://" + address, "", TIMEOUT))
                .withMessageContaining("1 to 128");
    }
}
