package io.fencepost.lock.core;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls of a backend whose defects become outcomes. */
final class BackendCalls {
    private BackendCalls() {}

    /**
     * The stage that {@code call} returns; where that throws, returns nothing or fails, a stage with what {@code unknown} makes of the fault. The result never fails.
     */
    static <T> CompletionStage<T> guarded(
            Supplier<? extends CompletionStage<T>> call, Function<Throwable, ? extends T> unknown) {
        CompletionStage<T> stage;
        try {
            stage = Objects.requireNonNull(call.get(), "the backend returned no stage");
        } catch (Throwable e) {
            // errors too, such as a class that is missing: whoever waits must get an outcome
            return CompletableFuture.completedFuture(unknown.apply(e));
        }
        if (answerOrNull(stage) != null) {
            return stage;
        }
        return stage.handle((@Nullable T outcome, @Nullable Throwable fault) -> {
            if (fault != null) {
                return unknown.apply(unwrapped(fault));
            }
            return outcome != null
                    ? outcome
                    : unknown.apply(new IllegalStateException("the backend completed a stage without an outcome"));
        });
    }

    /** What the stage was completed with, if it was, and not by a failure. Spares the short way the price of the long one. */
    static <T> @Nullable T answerOrNull(CompletionStage<T> stage) {
        return stage instanceof CompletableFuture<T> future && future.isDone() && !future.isCompletedExceptionally()
                ? future.join()
                : null;
    }

    static Throwable unwrapped(Throwable fault) {
        Throwable cause = fault.getCause();
        return fault instanceof CompletionException && cause != null ? cause : fault;
    }
}
