package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.cassandra.ModelTable.Fate;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptOutcome.Contended;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a silent holder is thrown out by a contender, on a clock that the test moves. */
class ObservedExpiryTest {
    private static final String NAME = "model";
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final AtomicLong now = new AtomicLong();
    private final Deque<Fate> fates = new ArrayDeque<>();
    private final Deque<Runnable> beforeEachWrite = new ArrayDeque<>();
    private final ModelTable table = new ModelTable(Expiry.OBSERVED, this::fate, owner -> {});
    private final CassandraLockBackend holder = backend();
    private final CassandraLockBackend contender = backend();

    private CassandraLockBackend backend() {
        return new CassandraLockBackend(
                new LockSession("test", table, () -> {}),
                Expiry.OBSERVED,
                Duration.ofSeconds(30),
                new ImpatientTimer(),
                now::get);
    }

    private Fate fate() {
        Runnable before = beforeEachWrite.poll();
        if (before != null) {
            before.run();
        }
        return fates.isEmpty() ? Fate.ANSWERED : fates.poll();
    }

    @AfterEach
    void close() {
        holder.close();
        contender.close();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static AttemptOutcome attempt(CassandraLockBackend backend, Duration ttl, boolean afterContention) {
        return TestStages.await(
                backend.attempt(new AttemptRequest(NAME, UUID.randomUUID(), ttl, "model", Map.of(), afterContention)));
    }

    private static AttemptOutcome attempt(CassandraLockBackend backend) {
        return attempt(backend, TTL, true);
    }

    private static Grant acquired(AttemptOutcome outcome) {
        assertThat(outcome).isInstanceOf(Acquired.class);
        return ((Acquired) outcome).grant();
    }

    private Grant held() {
        return acquired(attempt(holder, TTL, false));
    }

    private RenewOutcome renew(Grant grant) {
        return TestStages.await(holder.renew(grant, TTL));
    }

    private static void assertContended(AttemptOutcome outcome, Duration remaining) {
        assertThat(outcome).isEqualTo(new Contended(Optional.of(remaining), Optional.of("model")));
    }

    @Test
    void aSilentHolderIsThrownOutAfterItsTtlAndNotBefore() {
        Grant silent = held();
        pass(TTL.multipliedBy(5));
        for (boolean afterContention : List.of(false, true)) {
            assertContended(attempt(contender, TTL, afterContention), TTL);
        }
        pass(TTL.minus(MOMENT));
        assertContended(attempt(contender), MOMENT);
        pass(MOMENT);

        Grant successor = acquired(attempt(contender));

        assertThat(successor.token()).isEqualTo(new FencingToken(2));
        assertThat(renew(silent)).isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
        assertThat(TestStages.await(holder.release(silent))).isInstanceOf(ReleaseOutcome.NotHeld.class);
        assertThat(table.owner(NAME)).isEqualTo(successor.attemptId());
    }

    @Test
    void itIsTheHoldersTtlThatCounts() {
        held();
        attempt(contender, Duration.ofSeconds(1), false);
        pass(TTL.minus(MOMENT));
        assertContended(attempt(contender, Duration.ofSeconds(1), false), MOMENT);
        pass(MOMENT);
        acquired(attempt(contender, Duration.ofSeconds(1), false));

        attempt(holder, TTL, false);
        pass(Duration.ofSeconds(1));
        acquired(attempt(holder, TTL, false));
    }

    @Test
    void aRenewalThatIsSeenBeginsTheTtlAnew() {
        Grant grant = held();
        attempt(contender);
        pass(TTL.minus(MOMENT));
        assertThat(renew(grant)).isEqualTo(new RenewOutcome.Renewed(TTL));
        assertContended(attempt(contender), TTL);
        pass(TTL.minus(MOMENT));
        assertContended(attempt(contender), MOMENT);
    }

    @Test
    void aRenewalBetweenLookAndTakeoverRefusesTheTakeover() {
        Grant grant = held();
        attempt(contender);
        pass(TTL);
        beforeEachWrite.add(() -> assertThat(renew(grant)).isInstanceOf(RenewOutcome.Renewed.class));

        assertContended(attempt(contender), TTL);

        assertThat(table.owner(NAME)).isEqualTo(grant.attemptId());
        assertThat(renew(grant)).isInstanceOf(RenewOutcome.Renewed.class);
    }

    @Test
    void aFenceRaisedByAnotherContenderDoesNotKeepFromTakingOver() {
        Grant grant = held();
        attempt(contender);
        pass(TTL);
        beforeEachWrite.add(() -> table.raise(NAME, 1L, 2, UUID.randomUUID(), TTL));
        assertThat(acquired(attempt(contender)).token()).isEqualTo(new FencingToken(3));
        assertThat(renew(grant)).isInstanceOf(RenewOutcome.Lost.class);
    }

    @Test
    void aFreedLockIsTakenWithoutWaiting() {
        Grant grant = held();
        attempt(contender);
        beforeEachWrite.add(() -> {});
        TestStages.await(holder.release(grant));
        assertThat(acquired(attempt(contender)).token()).isEqualTo(new FencingToken(2));
    }

    @Test
    void aRenewalWhoseAnswerWasLostIsFoundOutAndLateCopiesBringNothingBack() {
        Grant grant = held();
        fates.add(Fate.REPLY_LOST);
        assertThat(renew(grant)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(table.term(NAME)).extracting(Term::renewals).isEqualTo(1L);

        fates.add(Fate.EXECUTED_LATER);
        assertThat(renew(grant)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(renew(grant)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(table.hasLate()).isTrue();
        table.executeLate(0);
        assertThat(table.term(NAME)).extracting(Term::renewals).isEqualTo(3L);
    }

    @Test
    void inspectionShowsWhoIsSilentUntilSomebodyTakesOver() {
        Grant grant = held();
        assertThat(TestStages.await(contender.inspect(NAME)))
                .contains(new LockState(NAME, "model", grant.token(), Optional.of(TTL), Map.of()));
        pass(TTL.multipliedBy(2));
        assertThat(TestStages.await(contender.inspect(NAME)))
                .contains(new LockState(NAME, "model", grant.token(), Optional.of(Duration.ZERO), Map.of()));
        // that was a look as well
        acquired(attempt(contender));
    }
}
