package io.fencepost.lock.zookeeper;

import static io.fencepost.lock.zookeeper.Backends.LONG;
import static io.fencepost.lock.zookeeper.Backends.acquire;
import static io.fencepost.lock.zookeeper.Backends.attempt;
import static io.fencepost.lock.zookeeper.Backends.get;
import static io.fencepost.lock.zookeeper.Backends.newName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.fencepost.lock.LockState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Operations that come late, come twice, or lost their answer, against znodes whose versions are all alike. */
class GrantIdentityIT {
    private static final Duration SHORT = Duration.ofMillis(400);

    private static ZooKeeperBackend first;
    private static ZooKeeperBackend second;

    @BeforeAll
    static void open() {
        first = Backends.open();
        second = Backends.open();
    }

    @AfterAll
    static void close() {
        first.close();
        second.close();
    }

    private static HeldGrant takenOver(String name) {
        return await().atMost(LONG).until(() -> attempt(second, name, LONG), AttemptOutcome.Acquired.class::isInstance)
                        instanceof AttemptOutcome.Acquired acquired
                ? (HeldGrant) acquired.grant()
                : fail("not taken over");
    }

    private static LockState held(String name) {
        return get(second.inspect(name)).orElseThrow();
    }

    @Test
    void releaseOfAHolderThatWasThrownOutSparesTheSuccessorOfTheSameVersion() {
        String name = newName();
        HeldGrant old = acquire(first, name, SHORT);
        HeldGrant successor = takenOver(name);
        assertThat(successor.token()).isGreaterThan(old.token());
        assertThat(get(first.release(old))).isEqualTo(new ReleaseOutcome.NotHeld());
        assertThat(held(name).token()).isEqualTo(successor.token());
        assertThat(get(second.release(successor))).isEqualTo(new ReleaseOutcome.Released());
    }

    @Test
    void aReleaseAtTheVeryMomentThatTheFirstIsAnsweredSaysThatItDidNothing() {
        HeldGrant grant = acquire(first, newName(), LONG);
        ReleaseOutcome second = get(first.release(grant).thenCompose(outcome -> first.release(grant)));
        assertThat(second).isEqualTo(new ReleaseOutcome.NotHeld());
    }

    @Test
    void renewalOfAHolderThatWasForcedOutLeavesTheSuccessorsZnodeAsItIs() {
        String name = newName();
        HeldGrant old = acquire(first, name, LONG);
        assertThat(get(second.forceRelease(name))).isEqualTo(new ReleaseOutcome.Released());
        HeldGrant successor = acquire(second, name, LONG);
        LockState before = held(name);
        assertThat(get(first.renew(old, LONG))).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        assertThat(held(name).metadata()).isEqualTo(before.metadata());
        assertThat(held(name).token()).isEqualTo(successor.token());
        assertThat(get(second.renew(successor, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
        get(second.release(successor));
    }

    @Test
    void renewalAfterTheValidityRevivesNothingAndFreesTheLock() {
        String name = newName();
        HeldGrant grant = acquire(first, name, Duration.ofMillis(100));
        await().atMost(LONG).until(() -> grant.isOver(System.nanoTime()));
        assertThat(get(first.renew(grant, LONG))).isEqualTo(new RenewOutcome.Lost(LossCause.EXPIRED));
        await().atMost(LONG).until(() -> get(second.inspect(name)).isEmpty());
    }

    @Test
    void releaseMayBeRepeated() {
        String name = newName();
        HeldGrant grant = acquire(first, name, LONG);
        assertThat(get(first.release(grant))).isEqualTo(new ReleaseOutcome.Released());
        HeldGrant successor = acquire(second, name, LONG);
        assertThat(get(first.release(grant))).isEqualTo(new ReleaseOutcome.NotHeld());
        assertThat(held(name).token()).isEqualTo(successor.token());
        get(second.release(successor));
    }

    @Test
    void anAttemptWhoseAnswerWasLostIsFoundAgainByItsGrant() throws Exception {
        String name = newName();
        AttemptRequest request = Backends.request(name, LONG);
        try (ZooKeeperBackend withoutSpare = Backends.open()) {
            applyUnheard(withoutSpare, request);
            AttemptOutcome outcome = get(withoutSpare.attempt(request));
            assertThat(outcome).isInstanceOf(AttemptOutcome.Acquired.class);
            HeldGrant grant = (HeldGrant) ((AttemptOutcome.Acquired) outcome).grant();
            assertThat(held(name).token()).isEqualTo(grant.token());
            assertThat(get(withoutSpare.renew(grant, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(get(withoutSpare.release(grant))).isEqualTo(new ReleaseOutcome.Released());
        }
    }

    @Test
    void anAttemptFoundInAnotherSessionIsNotTakenForHeldAndIsRemoved() throws Exception {
        String name = newName();
        AttemptRequest request = Backends.request(name, LONG);
        applyUnheard(second, request);
        try (ZooKeeperBackend withoutSpare = Backends.open()) {
            assertThat(get(withoutSpare.attempt(request))).isInstanceOf(AttemptOutcome.Indeterminate.class);
            await().atMost(LONG).until(() -> get(second.inspect(name)).isEmpty());
        }
    }

    @Test
    void aRenewingHolderIsNeverThrownOut() {
        String name = newName();
        HeldGrant grant = acquire(first, name, SHORT);
        long end = System.nanoTime() + SHORT.multipliedBy(5).toNanos();
        while (System.nanoTime() - end < 0) {
            assertThat(get(first.renew(grant, SHORT))).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(attempt(second, name, SHORT)).isInstanceOf(AttemptOutcome.Contended.class);
        }
        get(first.release(grant));
    }

    @Test
    void foreignDataIsShownAndNeverThrownOut() throws Exception {
        String name = newName();
        ZooKeeper zk = Backends.session(first);
        String path = first.paths().lock(name);
        zk.create(path, new byte[] {1, 2, 3}, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        assertThat(attempt(second, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
        assertThat(held(name).holder()).contains("not a client");
        assertThat(get(second.forceRelease(name)))
                .isInstanceOfSatisfying(
                        ReleaseOutcome.Indeterminate.class,
                        outcome -> assertThat(outcome.cause()).hasMessageContaining(path));
        zk.delete(path, -1);
    }

    @Test
    void aLockWhoseGrantWasDeletedByHandCanBeForced() throws Exception {
        String name = newName();
        HeldGrant grant = acquire(first, name, LONG);
        Backends.session(second).delete(first.paths().grant(grant.grantName()), -1);
        assertThat(get(second.forceRelease(name))).isEqualTo(new ReleaseOutcome.Released());
        assertThat(get(first.renew(grant, LONG))).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        get(second.release(acquire(second, name, LONG)));
    }

    @Test
    void aZnodeDeletedByHandIsNoticedByTheNextRenewal() throws Exception {
        String name = newName();
        HeldGrant grant = acquire(first, name, LONG);
        Backends.session(second).delete(first.paths().lock(name), -1);
        HeldGrant successor = acquire(second, name, LONG);
        assertThat(get(first.renew(grant, LONG))).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        assertThat(successor.token()).isGreaterThan(grant.token());
    }

    @Test
    void theReleaseOfALockThatWasDeletedByHandFreesNothing() throws Exception {
        String name = newName();
        HeldGrant grant = acquire(first, name, LONG);
        Backends.session(second).delete(first.paths().lock(name), -1);
        assertThat(get(first.release(grant))).isEqualTo(new ReleaseOutcome.NotHeld());
        assertThat(Backends.session(second).exists(first.paths().grant(grant.grantName()), false))
                .as("the znode of its grant")
                .isNull();
    }

    /** As if a server had applied the attempt and the answer had been lost. */
    private static void applyUnheard(ZooKeeperBackend backend, AttemptRequest request) throws Exception {
        GrantName grant = new GrantName(request.attemptId(), 0);
        Backends.session(backend)
                .multi(List.of(
                        Op.create(
                                backend.paths().grant(grant),
                                new byte[0],
                                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                                CreateMode.EPHEMERAL),
                        Op.create(
                                backend.paths().lock(request.name()),
                                HeldGrant.data(new HolderLine(), request, grant),
                                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                                CreateMode.EPHEMERAL)));
    }
}
