package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.ReleaseOutcome.Indeterminate;
import io.fencepost.lock.ReleaseOutcome.NotHeld;
import io.fencepost.lock.ReleaseOutcome.Released;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.cassandra.ModelTable.Fate;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a release says whose answer was lost: that it released, that it did not, or that this is not known. */
class UnansweredReleasesTest {
    private static final String NAME = "model";

    private final Deque<Fate> fates = new ArrayDeque<>();
    private final Deque<Runnable> afterEachWrite = new ArrayDeque<>();
    private final ModelTable table = new ModelTable(this::fate);
    private final CassandraLockBackend backend = new CassandraLockBackend(
            new LockSession("test", table, () -> {}),
            Expiry.TTL,
            Duration.ofSeconds(30),
            new ScheduledThreadPoolExecutor(1),
            TimeSource.SYSTEM);

    private Fate fate() {
        if (!afterEachWrite.isEmpty()) {
            afterEachWrite.poll().run();
        }
        return fates.isEmpty() ? Fate.ANSWERED : fates.poll();
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Grant acquired() {
        return ((Acquired) TestStages.await(backend.attempt(TestCluster.request(NAME)))).grant();
    }

    private ReleaseOutcome release(Grant grant, Fate... script) {
        fates.addAll(Arrays.asList(script));
        return TestStages.await(backend.release(grant));
    }

    @Test
    void isFoundOutToHaveReleased() {
        Grant grant = acquired();
        assertThat(release(grant, Fate.REPLY_LOST)).isInstanceOf(Released.class);
        assertThat(table.owner(NAME)).isNull();
        assertThat(release(grant)).isInstanceOf(NotHeld.class);
    }

    @Test
    void isFoundOutToHaveReleasedOverAnotherTryThatWasNotSent() {
        assertThat(release(acquired(), Fate.REPLY_LOST, Fate.NOT_SENT, Fate.LOST))
                .isInstanceOf(Released.class);
    }

    @Test
    void releasesWhereTheRequestWasLost() {
        assertThat(release(acquired(), Fate.LOST)).isInstanceOf(Released.class);
        assertThat(table.owner(NAME)).isNull();
    }

    @Test
    void isUnknownWhereTheLeaseEndedMeanwhile() {
        Grant grant = acquired();
        afterEachWrite.add(() -> {});
        afterEachWrite.add(() -> table.expire(NAME));
        assertThat(release(grant, Fate.LOST)).isInstanceOf(Indeterminate.class);
    }

    @Test
    void isUnknownWhereASuccessorCameMeanwhile() {
        Grant grant = acquired();
        afterEachWrite.add(() -> {});
        afterEachWrite.add(this::acquired);
        assertThat(release(grant, Fate.REPLY_LOST)).isInstanceOf(Indeterminate.class);
        assertThat(table.owner(NAME)).isNotNull().isNotEqualTo(grant.attemptId());
    }

    @Test
    void isCertainWhereNothingWasSentBefore() {
        Grant grant = acquired();
        table.expire(NAME);
        assertThat(release(grant, Fate.NOT_SENT)).isInstanceOf(NotHeld.class);
    }
}
