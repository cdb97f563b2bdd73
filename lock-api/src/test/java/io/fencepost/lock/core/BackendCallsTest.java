package io.fencepost.lock.core;

import static io.fencepost.lock.core.Harness.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every defect of a backend becomes an outcome, and none gets through. */
class BackendCallsTest {
    private static Object outcomeOf(Supplier<CompletionStage<Object>> call) {
        return done(BackendCalls.guarded(call, fault -> fault).toCompletableFuture());
    }

    @Test
    void anOutcomePasses() {
        assertThat(outcomeOf(() -> CompletableFuture.completedFuture("held"))).isEqualTo("held");
    }

    @Test
    void whatACallThrowsIsTheOutcome() {
        LinkageError missing = new LinkageError("a class is missing");
        assertThat(outcomeOf(() -> {
                    throw missing;
                }))
                .isSameAs(missing);
    }

    @Test
    @SuppressWarnings("NullAway") // the defect under test
    void nothingIsADefectToo() {
        assertThat(outcomeOf(() -> null)).isInstanceOf(NullPointerException.class);
        CompletableFuture<@Nullable Object> empty = CompletableFuture.completedFuture(null);
        assertThat(outcomeOf(() -> empty))
                .isInstanceOfSatisfying(
                        IllegalStateException.class, e -> assertThat(e).hasMessageContaining("without an outcome"));
    }

    @Test
    void aFailedStageGivesItsCauseWithoutWrapping() {
        IllegalStateException fault = new IllegalStateException("fault", new IllegalArgumentException("deeper"));
        CompletionException bare = new CompletionException("bare", null);
        assertThat(outcomeOf(() -> CompletableFuture.failedFuture(fault))).isSameAs(fault);
        assertThat(outcomeOf(() -> CompletableFuture.failedFuture(new CompletionException(fault))))
                .isSameAs(fault);
        assertThat(outcomeOf(() -> CompletableFuture.failedFuture(bare))).isSameAs(bare);
    }
}
