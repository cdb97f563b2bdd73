package io.fencepost.lock.zookeeper;

import static io.fencepost.lock.zookeeper.Backends.LONG;
import static io.fencepost.lock.zookeeper.Backends.acquire;
import static io.fencepost.lock.zookeeper.Backends.attempt;
import static io.fencepost.lock.zookeeper.Backends.get;
import static io.fencepost.lock.zookeeper.Backends.newName;
import static io.fencepost.lock.zookeeper.Backends.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Clusters;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.BackendConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attempts that use the znode of an earlier grant, above all those whose answer is late or lost: it is there whatever became of them. */
class SpareGrantIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final ReleaseOutcome RELEASED = new ReleaseOutcome.Released();

    private static ZooKeeperBackend other;
    private final FaultyLinks links = FaultyLinks.to(Clusters.zookeeper().addresses());

    @BeforeAll
    static void open() {
        other = Backends.open();
    }

    @AfterAll
    static void closeOther() {
        other.close();
    }

    @AfterEach
    void close() {
        links.close();
    }

    /** A client that has a grant to spare. */
    private ZooKeeperBackend openWithSpare(String options) {
        ZooKeeperBackend backend = Backends.open(String.join(",", links.addresses()), options);
        assertThat(get(backend.release(acquire(backend, newName(), LONG)))).isEqualTo(RELEASED);
        return backend;
    }

    private CompletionStage<AttemptOutcome> unanswered(ZooKeeperBackend backend, String name) {
        CompletionStage<AttemptOutcome> attempt = backend.attempt(request(name, LONG));
        await().atMost(LONG).until(() -> links.heldBytes() > 0);
        return attempt;
    }

    private static HeldGrant grant(AttemptOutcome outcome) {
        if (outcome instanceof AttemptOutcome.Acquired acquired) {
            return (HeldGrant) acquired.grant();
        }
        throw new AssertionError("not acquired: " + outcome);
    }

    @Test
    void aGrantIsUsedAgainUnderAnotherNameAndTheOldOneHasNoEffect() {
        String name = newName();
        try (ZooKeeperBackend backend = openWithSpare("operationTimeout=5s")) {
            HeldGrant first = acquire(backend, name, LONG);
            get(backend.release(first));
            HeldGrant second = acquire(backend, name, LONG);
            // the release and the acquisition
            assertThat(second.token().value() - first.token().value()).isEqualTo(2);
            assertThat(second.grantName()).isEqualTo(first.grantName().next());
            assertThat(get(backend.renew(first, LONG))).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
            assertThat(get(backend.release(first))).isEqualTo(new ReleaseOutcome.NotHeld());
            assertThat(get(backend.renew(second, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(get(backend.release(second))).isEqualTo(RELEASED);
        }
    }

    @Test
    void whereTheAnswerIsLostTheLockIsFoundAgain() {
        String name = newName();
        try (ZooKeeperBackend backend = openWithSpare("operationTimeout=20s")) {
            links.holdAnswers();
            CompletionStage<AttemptOutcome> attempt = unanswered(backend, name);
            await().atMost(LONG).until(() -> get(other.inspect(name)).isPresent());
            FencingToken shown = get(other.inspect(name)).orElseThrow().token();

            links.drop();

            HeldGrant grant = grant(get(attempt));
            assertThat(grant.token()).isEqualTo(shown);
            assertThat(get(backend.renew(grant, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(get(backend.release(grant))).isEqualTo(RELEASED);
        }
    }

    @Test
    void whereTheAnswerIsLostAndTheLockThrownOutNothingIsClaimed() {
        String name = newName();
        try (ZooKeeperBackend backend = openWithSpare("operationTimeout=20s")) {
            links.holdAnswers();
            CompletionStage<AttemptOutcome> attempt = unanswered(backend, name);
            await().atMost(LONG).until(() -> get(other.forceRelease(name)).equals(RELEASED));

            links.drop();

            assertThat(get(attempt)).isInstanceOf(AttemptOutcome.Contended.class);
            assertThat(get(other.inspect(name))).isEmpty();
            assertThat(get(backend.release(acquire(backend, name, LONG)))).isEqualTo(RELEASED);
        }
    }

    @Test
    void whereTheRequestIsLostItIsMadeAgain() {
        String name = newName();
        try (ZooKeeperBackend backend = openWithSpare("operationTimeout=20s")) {
            links.holdRequests();
            CompletionStage<AttemptOutcome> attempt = unanswered(backend, name);

            links.drop();

            assertThat(get(backend.release(grant(get(attempt))))).isEqualTo(RELEASED);
        }
    }

    @Test
    void whereTheRequestIsLostAndAnotherHoldsTheLockItIsContended() {
        String name = newName();
        try (ZooKeeperBackend backend = openWithSpare("operationTimeout=20s")) {
            links.holdRequests();
            CompletionStage<AttemptOutcome> attempt = unanswered(backend, name);
            HeldGrant holder = acquire(other, name, LONG);

            links.drop();

            assertThat(get(attempt)).isInstanceOf(AttemptOutcome.Contended.class);
            assertThat(get(other.renew(holder, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(get(other.release(holder))).isEqualTo(RELEASED);
            assertThat(get(backend.release(acquire(backend, name, LONG)))).isEqualTo(RELEASED);
        }
    }

    @Test
    void theCleanUpAfterAnAttemptWithoutEffectSparesWhoHoldsTheLock() {
        String name = newName();
        try (ZooKeeperBackend backend = openWithSpare("operationTimeout=2s")) {
            links.holdRequests();
            assertThat(get(unanswered(backend, name))).isInstanceOf(AttemptOutcome.Indeterminate.class);
            HeldGrant holder = acquire(other, name, LONG);

            links.heal();

            // answered after all that the clean-up has sent
            assertThat(await().atMost(MINUTE)
                            .until(() -> attempt(backend, newName(), LONG), AttemptOutcome.Acquired.class::isInstance))
                    .isNotNull();
            await().during(Duration.ofSeconds(1))
                    .atMost(LONG)
                    .until(() -> get(other.inspect(name))
                            .map(state -> state.token().equals(holder.token()))
                            .orElse(false));
            assertThat(get(other.renew(holder, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(get(other.release(holder))).isEqualTo(RELEASED);
        }
    }

    @Test
    void theCleanUpAfterAnAttemptWithEffectFreesTheLock() {
        String name = newName();
        try (ZooKeeperBackend backend = openWithSpare("operationTimeout=2s")) {
            links.holdAnswers();
            assertThat(get(unanswered(backend, name))).isInstanceOf(AttemptOutcome.Indeterminate.class);
            assertThat(get(other.inspect(name))).isPresent();

            links.heal();

            // the ttl is ten seconds and the session thirty: only the clean-up can free it sooner
            long start = System.nanoTime();
            await().atMost(MINUTE).until(() -> attempt(other, name, LONG) instanceof AttemptOutcome.Acquired);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
        }
    }

    private static List<String> ownGrants(ZooKeeperBackend backend) throws Exception {
        ZooKeeper zk = Backends.session(backend);
        return zk.getEphemerals(backend.paths().grants());
    }

    @Test
    void ofManyReleasesAtOnceNoMoreAreKeptThanAreOfUse() throws Exception {
        int many = 1_000;
        try (ZooKeeperBackend backend = Backends.open("operationTimeout=60s")) {
            List<CompletionStage<AttemptOutcome>> attempts = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                attempts.add(backend.attempt(request(newName(), LONG)));
            }
            List<HeldGrant> grants = new ArrayList<>();
            attempts.forEach(attempt -> grants.add(grant(get(attempt))));
            assertThat(ownGrants(backend)).hasSize(many);
            List<CompletionStage<ReleaseOutcome>> releases = new ArrayList<>();
            grants.forEach(grant -> releases.add(backend.release(grant)));
            releases.forEach(release -> assertThat(get(release)).isEqualTo(RELEASED));
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(ownGrants(backend)).hasSizeBetween(1, 64));
        }
    }

    @Test
    void whatAnAttemptInDoubtLeavesUnusedIsDeleted() throws Exception {
        String name = newName();
        try (ZooKeeperBackend backend = openWithSpare("operationTimeout=20s")) {
            List<String> before = ownGrants(backend);
            assertThat(before).hasSize(1);
            links.holdRequests();
            CompletionStage<AttemptOutcome> attempt = unanswered(backend, name);
            HeldGrant holder = acquire(other, name, LONG);

            links.drop();

            assertThat(get(attempt)).isInstanceOf(AttemptOutcome.Contended.class);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(ownGrants(backend)).isEmpty());
            assertThat(get(other.release(holder))).isEqualTo(RELEASED);
        }
    }

    /** The time runs out after a round has begun and before its request is handed to the driver. */
    @Test
    void whereTimeRunsOutWhileARoundIsBeingSentTheLockIsFreed() {
        String name = newName();
        AtomicBoolean slow = new AtomicBoolean();
        TimeSource time = () -> {
            boolean sending = slow.get()
                    && StackWalker.getInstance()
                            .walk(frames -> frames.anyMatch(
                                    frame -> frame.getClassName().equals(AcquireOperation.class.getName())
                                            && frame.getMethodName().equals("send")));
            if (sending && slow.compareAndSet(true, false)) {
                LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
            }
            return System.nanoTime();
        };
        String servers = String.join(",", Clusters.zookeeper().addresses());
        try (ZooKeeperBackend backend = (ZooKeeperBackend) new ZooKeeperLockProvider()
                .open(BackendConfig.parse(
                        "zookeeper://" + servers + "/it?operationTimeout=500ms", Map.of(), "slow", time))) {
            acquire(other, name, Duration.ofSeconds(1));
            // so that it reads the clock when it sends, and then throws the silent holder out
            assertThat(attempt(backend, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
            slow.set(true);

            assertThat(attempt(backend, name, LONG)).isInstanceOf(AttemptOutcome.Indeterminate.class);

            assertThat(slow).isFalse();
            // the ttl is ten seconds and the session lives: only the clean-up can free it sooner
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> attempt(other, name, LONG) instanceof AttemptOutcome.Acquired);
        }
    }

    @Test
    void aNewSessionHasNoneToSpare() throws Exception {
        String name = newName();
        try (ZooKeeperBackend backend = openWithSpare("operationTimeout=5s")) {
            SessionEndIT.end(backend);
            HeldGrant grant = acquire(backend, name, LONG);
            assertThat(grant.grantName().version()).isZero();
            assertThat(get(backend.renew(grant, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(get(backend.release(grant))).isEqualTo(RELEASED);
        }
    }
}
