package io.fencepost.lock.zookeeper;

import static io.fencepost.lock.zookeeper.Backends.LONG;
import static io.fencepost.lock.zookeeper.Backends.acquire;
import static io.fencepost.lock.zookeeper.Backends.attempt;
import static io.fencepost.lock.zookeeper.Backends.get;
import static io.fencepost.lock.zookeeper.Backends.newName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Clusters;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Releases whose first try is not answered. */
class LateReleaseIT {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final FaultyLinks links = FaultyLinks.to(Clusters.zookeeper().addresses());

    @AfterEach
    void close() {
        links.close();
    }

    private ZooKeeperBackend openOverLinks() {
        return Backends.open(String.join(",", links.addresses()), "operationTimeout=20s");
    }

    /** Begins a release whose request does not get through, and breaks its connection. */
    private CompletionStage<ReleaseOutcome> unheardRelease(ZooKeeperBackend backend, HeldGrant grant) {
        links.holdRequests();
        CompletionStage<ReleaseOutcome> release = backend.release(grant);
        await().atMost(LONG).until(() -> links.heldBytes() > 0);
        return release;
    }

    @Test
    void whoFindsTheLockGoneAfterItsLeaseEndedDoesNotSayThatItReleasedIt() {
        String name = newName();
        try (ZooKeeperBackend holder = openOverLinks();
                ZooKeeperBackend other = Backends.open()) {
            HeldGrant grant = acquire(holder, name, SHORT);
            CompletionStage<ReleaseOutcome> release = unheardRelease(holder, grant);
            await().atMost(MINUTE).until(() -> attempt(other, name, LONG) instanceof AttemptOutcome.Acquired);

            links.drop();

            // the release would have left the grant's znode there
            assertThat(get(release)).isEqualTo(new ReleaseOutcome.NotHeld());
            assertThat(get(holder.release(grant))).isEqualTo(new ReleaseOutcome.NotHeld());
            assertThat(get(other.inspect(name))).isPresent();
        }
    }

    @Test
    void whoWasForcedOutWhileTheLeaseIsValidDoesNotSayThatItReleasedIt() {
        String name = newName();
        try (ZooKeeperBackend holder = openOverLinks();
                ZooKeeperBackend other = Backends.open()) {
            HeldGrant grant = acquire(holder, name, LONG);
            CompletionStage<ReleaseOutcome> release = unheardRelease(holder, grant);
            assertThat(get(other.forceRelease(name))).isEqualTo(new ReleaseOutcome.Released());
            HeldGrant next = acquire(other, name, LONG);

            links.drop();

            assertThat(get(release)).isEqualTo(new ReleaseOutcome.NotHeld());
            assertThat(get(other.release(next))).isEqualTo(new ReleaseOutcome.Released());
        }
    }

    /** The release was applied, and nothing is left that could tell: the session took it along. */
    @Test
    void whoseSessionEndsBeforeTheAnswerDoesNotSayThatNothingWasHeld() throws Exception {
        String name = newName();
        try (ZooKeeperBackend holder = openOverLinks();
                ZooKeeperBackend other = Backends.open()) {
            HeldGrant grant = acquire(holder, name, LONG);
            links.holdAnswers();
            CompletionStage<ReleaseOutcome> release = holder.release(grant);
            await().atMost(LONG).until(() -> get(other.inspect(name)).isEmpty());
            SessionEndIT.endUnnoticed(grant.session());

            links.drop();

            assertThat(get(release)).isInstanceOf(ReleaseOutcome.Indeterminate.class);
        }
    }

    /** The first release took the grant's znode to its next version; the second, which finds that after a doubt, did not. */
    @Test
    void aSecondReleaseWhoseAnswerIsLostDoesNotSayThatItReleased() {
        try (ZooKeeperBackend holder = openOverLinks()) {
            HeldGrant grant = acquire(holder, newName(), LONG);
            assertThat(get(holder.release(grant))).isEqualTo(new ReleaseOutcome.Released());
            CompletionStage<ReleaseOutcome> second = unheardRelease(holder, grant);

            links.drop();

            assertThat(get(second)).isNotInstanceOf(ReleaseOutcome.Released.class);
        }
    }

    @Test
    void whoFindsTheLockGoneWhileItsLeaseIsValidReleasedIt() {
        String name = newName();
        try (ZooKeeperBackend holder = openOverLinks()) {
            HeldGrant grant = acquire(holder, name, LONG);
            links.holdAnswers();
            CompletionStage<ReleaseOutcome> release = holder.release(grant);
            try (ZooKeeperBackend other = Backends.open()) {
                await().atMost(LONG).until(() -> get(other.inspect(name)).isEmpty());
            }

            links.drop();

            assertThat(get(release)).isEqualTo(new ReleaseOutcome.Released());
            // kept, although its answer was lost
            HeldGrant next = acquire(holder, name, LONG);
            assertThat(next.grantName()).isEqualTo(grant.grantName().next());
        }
    }
}
