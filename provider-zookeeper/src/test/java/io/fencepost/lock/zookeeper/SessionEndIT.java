package io.fencepost.lock.zookeeper;

import static io.fencepost.lock.zookeeper.Backends.LONG;
import static io.fencepost.lock.zookeeper.Backends.acquire;
import static io.fencepost.lock.zookeeper.Backends.attempt;
import static io.fencepost.lock.zookeeper.Backends.get;
import static io.fencepost.lock.zookeeper.Backends.newName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Clusters;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;

/** A session that the ensemble ends: closed by another handle with the same id and password, which is what expiry does. */
class SessionEndIT {
    static void end(ZooKeeperBackend backend) throws Exception {
        ZooKeeper session = Backends.session(backend);
        endUnnoticed(session);
        await().atMost(LONG).until(() -> !session.getState().isAlive());
    }

    /** Without waiting until its client knows. */
    static void endUnnoticed(ZooKeeper session) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper twin = new ZooKeeper(
                String.join(",", Clusters.zookeeper().addresses()),
                session.getSessionTimeout(),
                event -> connected.countDown(),
                session.getSessionId(),
                session.getSessionPasswd());
        assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
        twin.close();
    }

    @Test
    void renewalSaysSoAndTheSameClientGoesOn() throws Exception {
        try (ZooKeeperBackend backend = Backends.open()) {
            String name = newName();
            HeldGrant grant = acquire(backend, name, LONG);
            end(backend);
            assertThat(get(backend.renew(grant, LONG))).isEqualTo(new RenewOutcome.Lost(LossCause.SESSION_ENDED));
            HeldGrant next = acquire(backend, name, LONG);
            assertThat(next.token()).isGreaterThan(grant.token());
            assertThat(get(backend.release(grant))).isEqualTo(new ReleaseOutcome.NotHeld());
            assertThat(get(backend.renew(next, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
            assertThat(get(backend.release(next))).isEqualTo(new ReleaseOutcome.Released());
        }
    }

    @Test
    void aContenderIsWokenWhenTheHoldersSessionEnds() throws Exception {
        try (ZooKeeperBackend holder = Backends.open();
                ZooKeeperBackend contender = Backends.open()) {
            String name = newName();
            acquire(holder, name, LONG);
            assertThat(attempt(contender, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
            CountDownLatch woken = new CountDownLatch(1);
            Subscription subscription = contender.onReleased(name, woken::countDown);
            end(holder);
            assertThat(woken.await(10, TimeUnit.SECONDS)).isTrue();
            subscription.close();
            assertThat(attempt(contender, name, LONG)).isInstanceOf(AttemptOutcome.Acquired.class);
        }
    }

    @Test
    void aContenderWhoseOwnSessionEndsIsWokenToLookAgain() throws Exception {
        try (ZooKeeperBackend holder = Backends.open();
                ZooKeeperBackend contender = Backends.open()) {
            String name = newName();
            HeldGrant grant = acquire(holder, name, LONG);
            assertThat(attempt(contender, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
            CountDownLatch woken = new CountDownLatch(1);
            Subscription subscription = contender.onReleased(name, woken::countDown);
            end(contender);
            assertThat(woken.await(10, TimeUnit.SECONDS)).isTrue();
            subscription.close();
            assertThat(attempt(contender, name, LONG)).isInstanceOf(AttemptOutcome.Contended.class);
            get(holder.release(grant));
            await().atMost(LONG).until(() -> attempt(contender, name, LONG) instanceof AttemptOutcome.Acquired);
        }
    }

    @Test
    void subscribingToAFreeLockWakesAtOnce() throws Exception {
        try (ZooKeeperBackend backend = Backends.open()) {
            CountDownLatch woken = new CountDownLatch(1);
            Subscription subscription = backend.onReleased(newName(), woken::countDown);
            assertThat(woken.await(10, TimeUnit.SECONDS)).isTrue();
            subscription.close();
        }
    }
}
