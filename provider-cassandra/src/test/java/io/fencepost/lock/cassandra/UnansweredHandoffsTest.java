package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.ReleaseOutcome.NotHeld;
import io.fencepost.lock.ReleaseOutcome.Released;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.cassandra.ModelTable.Fate;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptOutcome.Contended;
import io.fencepost.lock.spi.AttemptOutcome.Indeterminate;
import io.fencepost.lock.spi.AttemptOutcome.Unavailable;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Handoffs against a model that may execute any write now, later or never. What must hold: the outcomes of a pair are true, and fit each other; neither lease is
 * left behind by the clean-up, nor comes back, however late statements are executed.
 */
class UnansweredHandoffsTest {
    private static final Duration AMPLE = Duration.ofMinutes(1);
    /** Over before the first pause is, so that an unanswered settling leaves both unknown. */
    private static final Duration HARDLY_ANY = Duration.ofMillis(25);

    private static final int LONGEST_SCRIPT = 4;
    private static final String NAME = "model";
    private static final Duration TTL = Duration.ofSeconds(10);

    private final ScheduledThreadPoolExecutor timer = new ImpatientTimer();
    private final AtomicLong now = new AtomicLong();
    private final Deque<Fate> fates = new ArrayDeque<>();
    private final Deque<Runnable> beforeWrites = new ArrayDeque<>();
    private int written;

    /** How a handoff finds the predecessor. */
    private enum Found {
        OWNER,
        /** The owner, but somebody raised the fence meanwhile. */
        OWNER_BELOW_THE_FENCE,
        EXPIRED,
        SUCCEEDED_BY_ANOTHER;

        boolean isOwner() {
            return this == OWNER || this == OWNER_BELOW_THE_FENCE;
        }
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private ModelTable table(Expiry expiry) {
        return new ModelTable(expiry, this::fate, owner -> {});
    }

    private Fate fate() {
        synchronized (fates) {
            written++;
            Runnable before = beforeWrites.poll();
            if (before != null) {
                before.run();
            }
            return fates.isEmpty() ? Fate.ANSWERED : fates.poll();
        }
    }

    private CassandraLockBackend backend(ModelTable table, Expiry expiry, Duration timeout) {
        return new CassandraLockBackend(new LockSession("test", table, () -> {}), expiry, timeout, timer, now::get);
    }

    private static AttemptRequest request() {
        return new AttemptRequest(NAME, UUID.randomUUID(), TTL, "model", Map.of(), false);
    }

    private static Grant acquired(CassandraLockBackend backend) {
        return ((Acquired) TestStages.await(backend.attempt(request()))).grant();
    }

    @Test
    void aChainCostsOneWriteEachAndItsTokensGrow() {
        for (Expiry expiry : Expiry.values()) {
            ModelTable table = table(expiry);
            CassandraLockBackend backend = backend(table, expiry, AMPLE);
            Grant holder = acquired(backend);
            for (int i = 0; i < 5; i++) {
                int before = written;
                HandoffOutcome outcome = TestStages.await(backend.handOff(holder, request()));
                assertThat(written - before).as("writes of %s", outcome).isEqualTo(1);
                assertThat(outcome.released()).isInstanceOf(Released.class);
                Grant next = ((Acquired) outcome.attempted()).grant();
                assertThat(next.token())
                        .isEqualTo(new FencingToken(holder.token().value() + 1));
                assertThat(table.owner(NAME)).isEqualTo(next.attemptId());

                assertThat(TestStages.await(backend.renew(holder, TTL)))
                        .isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
                assertThat(TestStages.await(backend.release(holder))).isInstanceOf(NotHeld.class);
                holder = next;
            }
        }
    }

    @Test
    void aRaisedFenceCostsOneMoreWrite() {
        ModelTable table = table(Expiry.TTL);
        CassandraLockBackend backend = backend(table, Expiry.TTL, AMPLE);
        Grant holder = acquired(backend);
        TestStages.await(table.raise(NAME, 1L, 2, UUID.randomUUID(), TTL));
        written = 0;

        HandoffOutcome outcome = TestStages.await(backend.handOff(holder, request()));

        assertThat(written).isEqualTo(2);
        assertThat(outcome.released()).isInstanceOf(Released.class);
        assertThat(((Acquired) outcome.attempted()).grant().token()).isEqualTo(new FencingToken(3));
    }

    @Test
    void theContenderThatWatchedThePredecessorBeginsAgain() {
        ModelTable table = table(Expiry.OBSERVED);
        CassandraLockBackend holder = backend(table, Expiry.OBSERVED, AMPLE);
        CassandraLockBackend contender = backend(table, Expiry.OBSERVED, AMPLE);
        Grant first = acquired(holder);
        TestStages.await(contender.attempt(request()));
        now.addAndGet(TTL.toNanos());
        HandoffOutcome outcome = TestStages.await(holder.handOff(first, request()));

        assertThat(outcome.attempted()).isInstanceOf(Acquired.class);
        assertThat(TestStages.await(contender.attempt(request())))
                .isInstanceOfSatisfying(
                        Contended.class,
                        contended -> assertThat(contended.remaining()).contains(TTL));
    }

    @Test
    void aLateRenewalOfThePredecessorIsRefused() {
        for (Expiry expiry : Expiry.values()) {
            ModelTable table = table(expiry);
            CassandraLockBackend backend = backend(table, expiry, HARDLY_ANY);
            Grant first = acquired(backend);
            fates.add(Fate.EXECUTED_LATER);
            assertThat(TestStages.await(backend.renew(first, TTL))).isInstanceOf(RenewOutcome.Indeterminate.class);
            Grant second = ((Acquired)
                            TestStages.await(backend.handOff(first, request())).attempted())
                    .grant();
            Term term = table.term(NAME);

            table.executeLate(0);

            assertThat(table.owner(NAME)).isEqualTo(second.attemptId());
            assertThat(table.term(NAME)).isEqualTo(term);
        }
    }

    @Test
    void aClaimThatWasNotSentReleasesThePredecessor() {
        ModelTable table = table(Expiry.TTL);
        CassandraLockBackend backend = backend(table, Expiry.TTL, AMPLE);
        Grant holder = acquired(backend);
        fates.add(Fate.NOT_SENT);
        HandoffOutcome outcome = TestStages.await(backend.handOff(holder, request()));
        assertThat(outcome.released()).isInstanceOf(Released.class);
        assertThat(outcome.attempted()).isInstanceOf(Unavailable.class);
        assertThat(table.owner(NAME)).isNull();
    }

    @Test
    void aSuccessorWhoseLeaseMayHaveComeAndGoneLeavesThePredecessorUnknown() {
        ModelTable table = table(Expiry.TTL);
        CassandraLockBackend backend = backend(table, Expiry.TTL, AMPLE);
        Grant holder = acquired(backend);
        fates.add(Fate.REPLY_LOST);
        beforeWrites.add(() -> {});
        beforeWrites.add(() -> table.expire(NAME));

        HandoffOutcome outcome = TestStages.await(backend.handOff(holder, request()));

        assertThat(outcome.released()).isInstanceOf(ReleaseOutcome.Indeterminate.class);
        assertThat(((Acquired) outcome.attempted()).grant().token()).isEqualTo(new FencingToken(3));
    }

    @Test
    void noSequenceOfFaultsMakesAPairUntrueOrLeavesALeaseBehind() {
        for (Expiry expiry : Expiry.values()) {
            for (Found found : Found.values()) {
                for (Duration timeout : List.of(AMPLE, HARDLY_ANY)) {
                    scripts(new ArrayList<>(), expiry, found, timeout);
                }
            }
        }
    }

    private void scripts(List<Fate> prefix, Expiry expiry, Found found, Duration timeout) {
        run(prefix, expiry, found, timeout);
        if (prefix.size() < LONGEST_SCRIPT) {
            for (Fate fate : Fate.values()) {
                prefix.add(fate);
                scripts(prefix, expiry, found, timeout);
                prefix.remove(prefix.size() - 1);
            }
        }
    }

    private void run(List<Fate> script, Expiry expiry, Found found, Duration timeout) {
        ModelTable table = table(expiry);
        CassandraLockBackend backend = backend(table, expiry, timeout);
        Grant predecessor = acquired(backend);
        UUID other = UUID.randomUUID();
        switch (found) {
            case OWNER -> {}
            case OWNER_BELOW_THE_FENCE -> TestStages.await(table.raise(NAME, 1L, 2, other, TTL));
            case EXPIRED -> table.expire(NAME);
            case SUCCEEDED_BY_ANOTHER -> {
                table.expire(NAME);
                TestStages.await(table.acquire(new Claim(NAME, other, 2, 0, TTL, "other", Map.of()), 1L, TTL));
            }
        }
        synchronized (fates) {
            fates.addAll(script);
        }

        AttemptRequest request = request();
        HandoffOutcome outcome = TestStages.await(backend.handOff(predecessor, request));
        boolean ownedMeanwhile = table.owners().contains(request.attemptId());
        settle(backend);
        synchronized (fates) {
            fates.clear();
        }

        String what = outcome + " after " + script + ", found " + found + ", " + expiry + ", " + timeout;
        assertThat(table.owner(NAME)).as(what).isNotEqualTo(predecessor.attemptId());
        if (outcome.released() instanceof Released) {
            assertThat(found.isOwner()).as("released: %s", what).isTrue();
        } else if (outcome.released() instanceof NotHeld) {
            assertThat(found.isOwner()).as("not held: %s", what).isFalse();
        }
        if (outcome.attempted() instanceof Acquired acquired) {
            long token = acquired.grant().token().value();
            assertThat(table.owner(NAME)).as(what).isEqualTo(request.attemptId());
            assertThat(table.ownerFence(NAME))
                    .as(what)
                    .isEqualTo(token)
                    .isGreaterThan(predecessor.token().value());
        } else {
            assertThat(table.owner(NAME)).as(what).isEqualTo(found == Found.SUCCEEDED_BY_ANOTHER ? other : null);
            if (!(outcome.attempted() instanceof Indeterminate)) {
                assertThat(ownedMeanwhile).as("denied while owner: %s", what).isFalse();
            }
        }
        assertNobodyComesBack(table, what);
    }

    private static void assertNobodyComesBack(ModelTable table, String what) {
        int before = table.owners().size();
        table.expire(NAME);
        while (table.hasLate()) {
            table.executeLate(0);
            table.expire(NAME);
        }
        assertThat(table.owners()).as("owners later: %s", what).hasSize(before);
    }

    /** Lets the clean-up finish: its one thread takes tasks in order, so an empty one comes back after those before it. */
    private void settle(CassandraLockBackend backend) {
        while (backend.cleanUpsPending() > 0) {
            TestStages.await(CompletableFuture.runAsync(() -> {}, timer));
        }
    }
}
