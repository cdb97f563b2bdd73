package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private final InFlight inFlight = new InFlight(2);
    private final List<CompletableFuture<String>> sent = new ArrayList<>();

    @Test
    void soManyAreUnderWayAtMostAndTheOthersFollowInTheirOrder() {
        List<CompletionStage<String>> results = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            results.add(inFlight.submit(this::send));
        }
        assertThat(sent).hasSize(2);

        sent.get(1).complete("second");
        assertThat(sent).hasSize(3);
        assertThat(results.get(1).toCompletableFuture()).isCompletedWithValue("second");
        sent.get(2).completeExceptionally(new IllegalStateException("third"));
        assertThat(results.get(2).toCompletableFuture()).isCompletedExceptionally();
        assertThat(sent).hasSize(4);
        sent.get(0).complete("first");
        assertThat(sent).hasSize(5);
        assertThat(results.get(3).toCompletableFuture()).isNotDone();
    }

    @Test
    void placesAreFreeAgainAfterAll() {
        for (int round = 0; round < 3; round++) {
            sent.clear();
            List<CompletionStage<String>> results =
                    List.of(inFlight.submit(this::send), inFlight.submit(this::send), inFlight.submit(this::send));
            for (int i = 0; i < 3; i++) {
                sent.get(i).complete("done");
            }
            assertThat(results).allMatch(result -> result.toCompletableFuture().isDone());
        }
    }

    @Test
    void manyThatEndAtOnceDoNotPileUpOnTheStack() {
        CompletionStage<String> first = inFlight.submit(this::send);
        CompletionStage<String> second = inFlight.submit(this::send);
        List<CompletionStage<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            int number = i;
            results.add(inFlight.submit(() -> CompletableFuture.completedFuture(number)));
        }
        assertThat(results.get(0).toCompletableFuture()).isNotDone();
        sent.get(0).complete("done");
        assertThat(results).allMatch(result -> result.toCompletableFuture().isDone());
        assertThat(first.toCompletableFuture()).isDone();
        assertThat(second.toCompletableFuture()).isNotDone();
    }

    private CompletionStage<String> send() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        sent.add(answer);
        return answer;
    }
}
