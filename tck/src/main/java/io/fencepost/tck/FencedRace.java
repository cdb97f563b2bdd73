package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedValue;
import io.fencepost.lock.fencing.FencedWrite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Writers of one key with tokens in random order, and a reader beside them: rule 11.4, also for tests that disturb the links meanwhile. */
public final class FencedRace {
    private static final int SHARE = 8;
    private static final int TRIES = 10;
    private static final Duration PAUSE = Duration.ofMillis(10);

    private FencedRace() {}

    /**
     * One write of the race.
     *
     * @param invokedAt before the call, on the monotonic clock
     * @param returnedAt after it
     */
    private record Raced(long token, FencedWrite outcome, long invokedAt, long returnedAt) {}

    /**
     * Blocks until each writer has written eight tokens. What could not be read is left out, and what is unavailable or unknown is written again, up to ten times in all, as a holder would.
     *
     * @param watching a view for the reader
     * @param writers one view for each
     * @param key that nobody has written
     * @param random orders the tokens
     * @param limit within which each of them must be done
     * @throws AssertionError if an accepted token, or one that was read, is smaller than one before; if a value was read with another's token; or if not the greatest token is there in the end
     */
    public static void run(
            FencedResource watching, List<FencedResource> writers, String key, Random random, Duration limit)
            throws InterruptedException {
        long greatest = (long) writers.size() * SHARE;
        List<Long> tokens =
                LongStream.rangeClosed(1, greatest).boxed().collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(tokens, random);
        AtomicBoolean over = new AtomicBoolean();
        FutureTask<List<Long>> watcher = new FutureTask<>(() -> watched(watching, key, over));
        List<FutureTask<List<Raced>>> tasks = new ArrayList<>();
        for (int writer = 0; writer < writers.size(); writer++) {
            FencedResource resource = writers.get(writer);
            List<Long> own = tokens.subList(writer * SHARE, (writer + 1) * SHARE);
            tasks.add(new FutureTask<>(() -> raced(resource, key, own)));
        }
        List<Thread> threads = new ArrayList<>();
        threads.add(started(watcher, "watcher"));
        tasks.forEach(task -> threads.add(started(task, "writer")));
        try {
            List<Raced> all = new ArrayList<>();
            for (FutureTask<List<Raced>> task : tasks) {
                all.addAll(Awaits.resultOf(task, "a writer of the race", limit));
            }
            over.set(true);
            assertInOrder(all, greatest);
            assertThat(watching.read(key)).as("the value after the race").hasValue(value(greatest));
            assertThat(Awaits.resultOf(watcher, "the reader of the race", limit))
                    .as("tokens as a reader saw them, one after the other")
                    .isSorted();
        } finally {
            over.set(true);
            threads.forEach(Thread::interrupt);
        }
    }

    private static Thread started(Runnable task, String what) {
        Thread thread = new Thread(task, "fencepost-tck-" + what);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void assertInOrder(List<Raced> all, long greatest) {
        for (Raced write : all) {
            if (write.outcome() instanceof FencedWrite.Stale stale) {
                assertThat(stale.greatest().value())
                        .as("the token for which %s was refused", write.token())
                        .isBetween(write.token() + 1, greatest);
            } else {
                assertThat(all.stream()
                                .filter(earlier -> earlier.outcome().isAccepted())
                                .filter(earlier -> earlier.returnedAt() - write.invokedAt() < 0)
                                .mapToLong(Raced::token)
                                .max()
                                .orElse(0))
                        .as("the greatest token accepted before %s, which was accepted, was sent", write.token())
                        .isLessThanOrEqualTo(write.token());
            }
        }
        assertThat(all)
                .as("outcome of the greatest token, %s", greatest)
                .anyMatch(write -> write.token() == greatest && write.outcome().isAccepted());
    }

    private static FencedValue value(long token) {
        return new FencedValue(new FencingToken(token), ("by " + token).getBytes(UTF_8));
    }

    private static List<Raced> raced(FencedResource resource, String key, List<Long> tokens)
            throws InterruptedException {
        List<Raced> writes = new ArrayList<>();
        for (long token : tokens) {
            long invokedAt = System.nanoTime();
            FencedWrite outcome = certain(resource, key, token);
            writes.add(new Raced(token, outcome, invokedAt, System.nanoTime()));
        }
        return writes;
    }

    private static FencedWrite certain(FencedResource resource, String key, long token) throws InterruptedException {
        FencedValue value = value(token);
        for (int tries = 1; ; tries++) {
            try {
                return resource.write(key, value.token(), value.value());
            } catch (LockUnavailableException | OutcomeUnknownException e) {
                if (tries == TRIES) {
                    throw e;
                }
                Windows.pass(PAUSE.multipliedBy(tries));
            }
        }
    }

    private static List<Long> watched(FencedResource resource, String key, AtomicBoolean over)
            throws InterruptedException {
        List<Long> seen = new ArrayList<>();
        while (!over.get()) {
            read(resource, key).ifPresent(read -> {
                assertThat(read)
                        .as("what was read")
                        .isEqualTo(value(read.token().value()));
                seen.add(read.token().value());
            });
            // a read may cost the store as much as a write
            Windows.pass(PAUSE);
        }
        return seen;
    }

    private static Optional<FencedValue> read(FencedResource resource, String key) {
        try {
            return resource.read(key);
        } catch (LockUnavailableException e) {
            return Optional.empty();
        }
    }
}
