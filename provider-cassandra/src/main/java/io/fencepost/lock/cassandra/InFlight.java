package io.fencepost.lock.cassandra;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * How many statements of a client are under way at one node: so many at most, and the others wait here for their turn, each for so long at most. A node that is asked for more
 * transactions than it can do drops messages between replicas, so that transactions fail after they have cost what they cost, and are tried again. Thread-safe.
 */
final class InFlight {
    private final int most;
    private final PriorityQueue<Entry<?>> waiting = new PriorityQueue<>(
            Comparator.comparing((Entry<?> entry) -> entry.turn).thenComparingLong(entry -> entry.arrival));
    private long arrivals;
    private int running;
    private boolean starting;

    /**
     * Who comes before whom.
     *
     * @param keeps whether it keeps or ends what there is, and so comes before all that is to be taken newly: a client that cannot keep its leases should not take more
     * @param due in {@link System#nanoTime}: the earlier first; in the order of arrival where it is the same
     */
    record Turn(boolean keeps, long due) implements Comparable<Turn> {
        static Turn keeping(Deadline due) {
            return new Turn(true, due.end());
        }

        static Turn taking() {
            return new Turn(false, 0);
        }

        @Override
        public int compareTo(Turn other) {
            // clock readings are compared by their difference
            return keeps == other.keeps ? Long.signum(due - other.due) : keeps ? -1 : 1;
        }
    }

    /** One statement: either started, or given up, whichever comes first. */
    private final class Entry<T> {
        private final Turn turn;
        private final long arrival;
        private final Supplier<? extends CompletionStage<T>> work;
        private final Supplier<T> tooLate;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final AtomicBoolean decided = new AtomicBoolean();

        Entry(Turn turn, long arrival, Supplier<? extends CompletionStage<T>> work, Supplier<T> tooLate) {
            this.turn = turn;
            this.arrival = arrival;
            this.work = work;
            this.tooLate = tooLate;
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

        void giveUp() {
            if (decided.compareAndSet(false, true)) {
                result.complete(tooLate.get());
            }
        }
    }

    InFlight(int most) {
        this.most = most;
    }

    /**
     * @param turn before whom it is started where several wait
     * @param work sends a statement, and answers by a stage that ends; called here or by whoever ends another one
     * @param patience for how long it may wait for its turn
     * @param tooLate what it comes to if it does not get one
     */
    <T> CompletionStage<T> submit(
            Turn turn, Supplier<? extends CompletionStage<T>> work, Duration patience, Supplier<T> tooLate) {
        Entry<T> entry;
        synchronized (this) {
            entry = new Entry<>(turn, arrivals++, work, tooLate);
            waiting.add(entry);
        }
        startWaiting();
        if (!entry.decided.get()) {
            CompletableFuture.delayedExecutor(patience.toNanos(), NANOSECONDS).execute(entry::giveUp);
        }
        return entry.result;
    }

    /** Tells all that wait that it is too late: the node does not answer. */
    void giveUpWaiting() {
        List<Entry<?>> all;
        synchronized (this) {
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        all.forEach(Entry::giveUp);
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
