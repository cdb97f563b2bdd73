package io.fencepost.scenarios.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way to the protected store, which is where the run is. It goes over the pipes to the run, which no fault between clients and servers disturbs. Thread-safe.
 */
final class StoreClient {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final EventWriter events;
    private final AtomicLong requests = new AtomicLong();
    private final Map<Long, CompletableFuture<Command.StoreAnswer>> waiting = new ConcurrentHashMap<>();

    StoreClient(EventWriter events) {
        this.events = events;
    }

    /** Reads; empty if there was no answer in time. */
    Optional<Command.StoreAnswer> read(String lock, long token, long grant) throws InterruptedException {
        return ask(request -> new Event.StoreAsked(request, "read", lock, token, grant, 0, 0, 0));
    }

    /** Adds one to what {@code seen} told; empty if there was no answer in time. */
    Optional<Command.StoreAnswer> write(String lock, long token, long grant, Command.StoreAnswer seen)
            throws InterruptedException {
        return ask(request -> new Event.StoreAsked(
                request, "write", lock, token, grant, seen.value(), seen.twinValue(), seen.twinUpdates()));
    }

    void answered(Command.StoreAnswer answer) {
        CompletableFuture<Command.StoreAnswer> waiter = waiting.remove(answer.request());
        if (waiter != null) {
            waiter.complete(answer);
        }
    }

    private Optional<Command.StoreAnswer> ask(java.util.function.LongFunction<Event.StoreAsked> question)
            throws InterruptedException {
        long request = requests.incrementAndGet();
        CompletableFuture<Command.StoreAnswer> answer = new CompletableFuture<>();
        waiting.put(request, answer);
        events.writeNow(question.apply(request));
        try {
            return Optional.of(answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            waiting.remove(request);
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
