package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.cassandra.ModelTable.Fate;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptOutcome.Indeterminate;
import io.fencepost.lock.spi.AttemptRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The settling of unanswered claims against a model that may execute any write now, later or never. What must hold: an attempt that was said not to hold never
 * becomes owner afterwards, however late its statements are executed; nor does an indeterminate one, once its clean-up is through; tokens only grow.
 */
class UnansweredClaimsTest {
    private static final Duration AMPLE = Duration.ofMinutes(1);
    /** Over before the first pause is, so that an unanswered settling leaves the attempt indeterminate. */
    private static final Duration HARDLY_ANY = Duration.ofMillis(25);

    private static final int LONGEST_SCRIPT = 5;
    private static final int RANDOM_RUNS = 300;
    private static final int ATTEMPTS_PER_RUN = 30;
    private static final String NAME = "model";
    private static final Duration TTL = Duration.ofSeconds(10);

    private final ScheduledThreadPoolExecutor timer = new ImpatientTimer();

    private final AtomicLong now = new AtomicLong();

    /** How an attempt finds the lock. */
    private enum Found {
        FREE,
        HELD,
        SILENT
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    @Test
    void noSequenceOfFaultsLetsADeniedAttemptHold() {
        for (Expiry expiry : Expiry.values()) {
            for (Found found : Found.values()) {
                if (found != Found.SILENT || expiry == Expiry.OBSERVED) {
                    for (Duration timeout : List.of(AMPLE, HARDLY_ANY)) {
                        scripts(new ArrayList<>(), script -> runScript(script, expiry, found, timeout));
                    }
                }
            }
        }
    }

    private interface ScriptRun {
        void run(List<Fate> script);
    }

    private static void scripts(List<Fate> prefix, ScriptRun run) {
        run.run(prefix);
        if (prefix.size() < LONGEST_SCRIPT) {
            for (Fate fate : Fate.values()) {
                prefix.add(fate);
                scripts(prefix, run);
                prefix.remove(prefix.size() - 1);
            }
        }
    }

    private void runScript(List<Fate> script, Expiry expiry, Found found, Duration timeout) {
        Deque<Fate> left = new ArrayDeque<>();
        ModelTable table = new ModelTable(expiry, () -> left.isEmpty() ? Fate.ANSWERED : left.poll(), owner -> {});
        Run run = new Run(table, timeout);
        if (found != Found.FREE) {
            claimed(table, AMPLE);
        }
        if (found == Found.SILENT) {
            run.observations.saw(NAME, Objects.requireNonNull(table.term(NAME)));
            now.addAndGet(TTL.toNanos());
        }
        left.addAll(script);

        UUID attempt = run.attempt(found == Found.SILENT);
        run.settle();
        List<UUID> before = table.owners();
        table.expire(NAME);
        while (table.hasLate()) {
            table.executeLate(0);
            table.expire(NAME);
        }

        assertThat(after(before, table.owners()))
                .as("owners after %s was told %s, script %s", attempt, run.outcomes, script)
                .doesNotContain(attempt);
        run.assertDeniedNeverHeldLater();
    }

    private void claimed(ModelTable table, Duration timeout) {
        new Run(table, timeout).attempt(false);
        assertThat(table.owner(NAME)).isNotNull();
    }

    @Test
    void randomFaultsBreakNothing() {
        for (Expiry expiry : Expiry.values()) {
            for (int seed = 0; seed < RANDOM_RUNS; seed++) {
                runAtRandom(expiry, seed);
            }
        }
    }

    private void runAtRandom(Expiry expiry, int seed) {
        Random random = new Random(seed);
        Fate[] fates = Fate.values();
        ModelTable table = new ModelTable(
                expiry,
                () -> random.nextInt(3) == 0 ? fates[random.nextInt(fates.length)] : Fate.ANSWERED,
                owner -> {});
        Run run = new Run(table, random.nextBoolean() ? AMPLE : HARDLY_ANY);
        for (int i = 0; i < ATTEMPTS_PER_RUN; i++) {
            run.attempt(random.nextBoolean());
            run.settle();
            if (expiry == Expiry.OBSERVED) {
                now.addAndGet(random.nextLong(TTL.toNanos()));
            } else if (random.nextInt(3) > 0) {
                table.expire(NAME);
            }
            if (random.nextInt(3) == 0) {
                table.executeLate(random.nextInt(100));
            }
        }
        run.assertDeniedNeverHeldLater();
        assertThat(run.tokens).as("seed %s", seed).isNotEmpty().isSorted().doesNotHaveDuplicates();
    }

    private static List<UUID> after(List<UUID> before, List<UUID> all) {
        return all.subList(before.size(), all.size());
    }

    /** Several attempts of one client, one after the other. */
    private final class Run {
        private final ModelTable table;
        private final Duration timeout;
        private final FenceCache fences = new FenceCache(10);
        private final Observations observations = new Observations(now::get, 10);
        private final Cleanup cleanup;
        private final List<AttemptOutcome> outcomes = new ArrayList<>();
        private final List<Long> tokens = new ArrayList<>();
        private final Set<UUID> denied = new HashSet<>();
        private final Set<UUID> ownersWhenDenied = new HashSet<>();

        Run(ModelTable table, Duration timeout) {
            this.table = table;
            this.timeout = timeout;
            this.cleanup = new Cleanup(table, timer, AMPLE);
        }

        UUID attempt(boolean afterContention) {
            UUID id = UUID.randomUUID();
            AttemptRequest request = new AttemptRequest(NAME, id, TTL, "model", Map.of(), afterContention);
            AttemptOutcome outcome = TestStages.await(new AttemptRun(
                            table,
                            fences,
                            observations,
                            new Retry(timer),
                            cleanup,
                            request,
                            Deadline.in(timeout),
                            timeout.dividedBy(2))
                    .start());
            outcomes.add(outcome);
            if (outcome instanceof Acquired acquired) {
                long token = acquired.grant().token().value();
                assertThat(table.owner(NAME)).isEqualTo(id);
                assertThat(table.ownerFence(NAME)).isEqualTo(token);
                tokens.add(token);
            } else if (!(outcome instanceof Indeterminate)) {
                denied.add(id);
                if (table.owners().contains(id)) {
                    ownersWhenDenied.add(id);
                }
            }
            return id;
        }

        /** Lets the clean-up finish: its one thread takes tasks in order, so an empty one comes back after those before it. */
        void settle() {
            while (cleanup.pending() > 0) {
                TestStages.await(CompletableFuture.runAsync(() -> {}, timer));
            }
        }

        void assertDeniedNeverHeldLater() {
            assertThat(ownersWhenDenied).as("denied while owner").isEmpty();
            assertThat(table.owners())
                    .filteredOn(denied::contains)
                    .as("owners that were denied")
                    .isEmpty();
        }
    }
}
