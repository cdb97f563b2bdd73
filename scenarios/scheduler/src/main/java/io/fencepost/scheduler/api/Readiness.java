package io.fencepost.scheduler.api;

import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.JobStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store answers. Anybody may ask as often as they like, so the store is asked once at a time, and what came of it holds for {@link #KEPT}: that costs it one question a second at most, and a
 * thread. Thread-safe.
 */
final class Readiness {
    static final Duration KEPT = Duration.ofSeconds(1);

    /** How long somebody waits for what another has asked; without a thread. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A job that nobody has: to look for it is the cheapest question that a store can answer. */
    private static final JobId NOBODY = new JobId("-.readiness.-");

    private static final Logger log = LoggerFactory.getLogger(Readiness.class);

    private final JobStore store;
    private final LongSupplier nanoTime;

    // guarded by this
    private @Nullable CompletableFuture<Boolean> asked;
    private long answeredNanos;

    Readiness(JobStore store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
    }

    /** What {@code GET /ready} says. Blocks for as long as the store needs, unless it is being asked already or has answered lately. */
    Reply reply() {
        return new Reply.Later(storeAnswers()
                .copy()
                .completeOnTimeout(false, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(ready -> ready
                        ? Reply.of(
                                200,
                                Reply.JSON,
                                Views.bytes(Views.JSON.createObjectNode().put("status", "ready")),
                                Map.of())
                        : Problem.unavailable("the store does not answer").reply()));
    }

    CompletableFuture<Boolean> storeAnswers() {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        synchronized (this) {
            CompletableFuture<Boolean> last = asked;
            if (last != null && (!last.isDone() || nanoTime.getAsLong() - answeredNanos < KEPT.toNanos())) {
                return last;
            }
            asked = mine;
        }
        boolean answers = false;
        try {
            store.find(NOBODY);
            answers = true;
        } catch (RuntimeException e) {
            log.warn("the store did not answer whether it is ready: {}, {}", e, String.valueOf(e.getCause()));
        } finally {
            synchronized (this) {
                answeredNanos = nanoTime.getAsLong();
            }
            mine.complete(answers);
        }
        return mine;
    }
}
