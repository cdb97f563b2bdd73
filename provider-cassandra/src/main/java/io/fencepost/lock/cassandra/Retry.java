package io.fencepost.lock.cassandra;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Repeats a step of an operation after a short pause, for as long as its deadline allows. Thread-safe. */
final class Retry {
    private static final long SHORTEST_MILLIS = 20;
    private static final long LONGEST_MILLIS = 120;

    private final ScheduledExecutorService timer;

    Retry(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /**
     * @param step what to do after the pause
     * @param tooLate what to do, at once, if there is no time for it or the client is being closed
     */
    <T> CompletionStage<T> later(
            Deadline deadline, Supplier<CompletionStage<T>> step, Supplier<CompletionStage<T>> tooLate) {
        Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(SHORTEST_MILLIS, LONGEST_MILLIS));
        if (!deadline.allowsRoundIn(pause)) {
            return tooLate.get();
        }
        CompletableFuture<Void> paused = new CompletableFuture<>();
        try {
            timer.schedule(() -> paused.complete(null), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return tooLate.get();
        }
        return paused.thenCompose(ignored -> step.get());
    }
}
