package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.cassandra.InFlight.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final InFlight inFlight = new InFlight(2);
    private final List<CompletableFuture<String>> sent = new ArrayList<>();

    @Test
    void soManyAreUnderWayAtMostAndTheOthersFollowInTheirOrder() {
        List<CompletionStage<String>> results = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            results.add(submit());
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
            List<CompletionStage<String>> results = List.of(submit(), submit(), submit());
            for (int i = 0; i < 3; i++) {
                sent.get(i).complete("done");
            }
            assertThat(results).allMatch(result -> result.toCompletableFuture().isDone());
        }
    }

    @Test
    void manyThatEndAtOnceDoNotPileUpOnTheStack() {
        CompletionStage<String> first = submit();
        CompletionStage<String> second = submit();
        List<CompletionStage<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            int number = i;
            results.add(
                    inFlight.submit(Turn.taking(), () -> CompletableFuture.completedFuture(number), LONG, () -> -1));
        }
        assertThat(results.get(0).toCompletableFuture()).isNotDone();
        sent.get(0).complete("done");
        assertThat(results).allMatch(result -> result.toCompletableFuture().isDone());
        assertThat(first.toCompletableFuture()).isDone();
        assertThat(second.toCompletableFuture()).isNotDone();
    }

    @Test
    void whoeverGetsNoTurnInTimeIsToldSoAndIsNeverSent() {
        submit();
        submit();
        CompletionStage<String> late =
                inFlight.submit(Turn.taking(), this::send, Duration.ofMillis(20), () -> "too late");
        Awaitility.await()
                .untilAsserted(() -> assertThat(late.toCompletableFuture()).isCompletedWithValue("too late"));
        CompletionStage<String> next = submit();
        sent.get(0).complete("done");
        assertThat(sent).as("the first two, and the one behind the late one").hasSize(3);
        sent.get(2).complete("next");
        assertThat(next.toCompletableFuture()).isCompletedWithValue("next");
    }

    @Test
    void workThatThrowsLeavesItsPlace() {
        for (int i = 0; i < 3; i++) {
            CompletionStage<String> broken = inFlight.<String>submit(
                    Turn.taking(),
                    () -> {
                        throw new NoClassDefFoundError("thrown by the test");
                    },
                    LONG,
                    () -> "too late");
            assertThat(broken.toCompletableFuture()).isCompletedExceptionally();
        }
        submit();
        assertThat(sent).hasSize(1);
    }

    @Test
    void leasesThatEndSoonComeFirstAndNewOnesLast() {
        submit();
        submit();
        List<String> started = new ArrayList<>();
        submit(started, "attempt", Turn.taking());
        submit(started, "ends late", Turn.keeping(Deadline.in(LONG)));
        submit(started, "another attempt", Turn.taking());
        submit(started, "ends soon", Turn.keeping(Deadline.in(Duration.ofSeconds(1))));
        assertThat(started).isEmpty();

        sent.get(0).complete("done");

        assertThat(started).containsExactly("ends soon", "ends late", "attempt", "another attempt");
    }

    private void submit(List<String> started, String what, Turn turn) {
        inFlight.submit(
                turn,
                () -> {
                    started.add(what);
                    return CompletableFuture.completedFuture(what);
                },
                LONG,
                () -> "too late");
    }

    @Test
    void whoeverWaitsForANodeThatDoesNotAnswerIsToldAtOnce() {
        submit();
        submit();
        List<CompletionStage<String>> results = List.of(submit(), submit());
        inFlight.giveUpWaiting();
        assertThat(results)
                .allSatisfy(result -> assertThat(result.toCompletableFuture()).isCompletedWithValue("too late"));
        sent.get(0).complete("done");
        assertThat(sent).as("those that were under way").hasSize(2);
    }

    private CompletionStage<String> submit() {
        return inFlight.submit(Turn.taking(), this::send, LONG, () -> "too late");
    }

    private CompletionStage<String> send() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        sent.add(answer);
        return answer;
    }
}
