package io.fencepost.lock.cassandra;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * How many statements of a client are under way at one node: so many at most, and the others wait here in the order of their arrival, each for so long at most. A node that is asked for more
 * transactions than it can do drops messages between replicas, so that transactions fail after they have cost what they cost, and are tried again. Thread-safe.
 */
final class InFlight {
    private final int most;
    private final Deque<Entry<?>> waiting = new ArrayDeque<>();
    private int running;
    private boolean starting;

    /** One statement: either started, or given up, whichever comes first. */
    private final class Entry<T> {
        private final Supplier<? extends CompletionStage<T>> work;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final AtomicBoolean decided = new AtomicBoolean();

        Entry(Supplier<? extends CompletionStage<T>> work) {
            this.work = work;
        }

        void start() {
            if (!decided.compareAndSet(false, true)) {
                ended();
                return;
            }
            CompletionStage<T> stage;
            try {
                stage = work.get();
            } catch (Throwable e) {
                // errors too, such as a class that is missing: the place must be free again, and the caller answered
                ended();
                result.completeExceptionally(e);
                return;
            }
            stage.whenComplete((value, fault) -> {
                ended();
                if (fault == null) {
                    result.complete(value);
                } else {
                    result.completeExceptionally(fault);
                }
            });
        }

        void giveUp(Supplier<T> tooLate) {
            if (decided.compareAndSet(false, true)) {
                result.complete(tooLate.get());
            }
        }
    }

    InFlight(int most) {
        this.most = most;
    }

    /**
     * @param work sends a statement, and answers by a stage that ends; called here or by whoever ends another one
     * @param patience for how long it may wait for its turn
     * @param tooLate what it comes to if it does not get one
     */
    <T> CompletionStage<T> submit(Supplier<? extends CompletionStage<T>> work, Duration patience, Supplier<T> tooLate) {
        Entry<T> entry = new Entry<>(work);
        synchronized (this) {
            waiting.add(entry);
        }
        startWaiting();
        if (!entry.decided.get()) {
            CompletableFuture.delayedExecutor(patience.toNanos(), NANOSECONDS).execute(() -> entry.giveUp(tooLate));
        }
        return entry.result;
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
            Entry<?> next;
            synchronized (this) {
                next = running < most ? waiting.poll() : null;
                if (next == null) {
                    starting = false;
                    return;
                }
                running++;
            }
            next.start();
        }
    }
}
