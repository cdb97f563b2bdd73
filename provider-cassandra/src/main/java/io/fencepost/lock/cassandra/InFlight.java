package io.fencepost.lock.cassandra;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * How many statements of a client are under way at one node: so many at most, and the others wait here in the order of their arrival. A node that is asked for more transactions than it can do drops
 * messages between replicas, so that transactions fail after they have cost what they cost, and are tried again. Thread-safe.
 */
final class InFlight {
    private final int most;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private boolean starting;

    InFlight(int most) {
        this.most = most;
    }

    /** @param work sends a statement, and answers by a stage that ends; called here or by whoever ends another one */
    <T> CompletionStage<T> submit(Supplier<CompletionStage<T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        synchronized (this) {
            waiting.add(() -> work.get().whenComplete((value, fault) -> {
                ended();
                if (fault == null) {
                    result.complete(value);
                } else {
                    result.completeExceptionally(fault);
                }
            }));
        }
        startWaiting();
        return result;
    }

    private void ended() {
        synchronized (this) {
            running--;
        }
        startWaiting();
    }

    /** One thread at a time, in a loop: work that ends at once would otherwise start the next from within itself, and so on. */
    private void startWaiting() {
        synchronized (this) {
            if (starting) {
                return;
            }
            starting = true;
        }
        while (true) {
            Runnable next;
            synchronized (this) {
                next = running < most ? waiting.poll() : null;
                if (next == null) {
                    starting = false;
                    return;
                }
                running++;
            }
            next.run();
        }
    }
}
