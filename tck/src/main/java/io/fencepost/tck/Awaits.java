package io.fencepost.tck;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** Bounded waits for what must happen: they end as soon as it does. */
final class Awaits {
    private Awaits() {}

    /** Waits until {@code condition} holds, and fails with {@code what} if it does not within {@code limit}. */
    static void until(String what, Duration limit, Callable<Boolean> condition) {
        Awaitility.await(what)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Timing.max(limit, Duration.ofMillis(50)))
                .until(condition);
    }

    /** The value of a stage. */
    static <T> T valueOf(CompletionStage<T> stage, String what, Duration limit) throws InterruptedException {
        return resultOf(stage.toCompletableFuture(), what, limit);
    }

    /** The result of a future that must end within {@code limit}; what it failed with becomes an assertion failure. */
    static <T> T resultOf(Future<T> future, String what, Duration limit) throws InterruptedException {
        try {
            return future.get(limit.toNanos(), NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failure) {
                throw failure;
            }
            throw new AssertionError(what + " failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError(what + " did not end within " + limit, e);
        }
    }

    /** What a future that must end within {@code limit} failed with. */
    static Throwable failureOf(Future<?> future, String what, Duration limit) throws InterruptedException {
        try {
            Object result = future.get(limit.toNanos(), NANOSECONDS);
            throw new AssertionError(what + " should have failed, and ended with " + result);
        } catch (ExecutionException e) {
            return Objects.requireNonNullElse(e.getCause(), e);
        } catch (TimeoutException e) {
            throw new AssertionError(what + " did not end within " + limit, e);
        }
    }
}
