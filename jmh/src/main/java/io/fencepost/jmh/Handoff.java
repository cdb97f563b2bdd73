package io.fencepost.jmh;

import io.fencepost.jmh.contestant.Contestant;
import io.fencepost.jmh.contestant.Hold;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Two clients pass one lock to and fro: from the call of release at one to the grant at the other, which has been waiting for some milliseconds. Each has a thread of
 * its own, so the figure has two hops between threads in it, some tens of microseconds. Needs two clients.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Handoff {
    /** Who has the lock, and who waits for it. */
    @State(Scope.Thread)
    public static class Pass {
        /** Long enough for a waiter to be waiting, short enough for many passes. */
        private static final long SETTLE_MILLIS = 10;

        private final List<ExecutorService> threads =
                List.of(Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor());
        private int holder;

        // set up by JMH before any benchmark method runs
        @SuppressWarnings("NullAway.Init")
        private Hold hold;

        @SuppressWarnings("NullAway.Init")
        private Future<Hold> waiting;

        @SuppressWarnings("NullAway.Init")
        private Future<Boolean> released;

        /** The first client takes the lock. */
        @Setup(Level.Trial)
        public void begin(Arena arena) throws Exception {
            if (arena.clients < 2) {
                throw new IllegalStateException("clients = " + arena.clients + ", must be at least 2");
            }
            hold = acquire(arena, 0).get();
        }

        private Future<Hold> acquire(Arena arena, int client) {
            Contestant contestant = arena.contestant();
            String name = arena.lock(0).name();
            return threads.get(client)
                    .submit(() ->
                            contestant.acquire(client, name, arena.waitLimit()).held());
        }

        /** The other one begins to wait. */
        @Setup(Level.Invocation)
        public void await(Arena arena) throws InterruptedException {
            waiting = acquire(arena, 1 - holder);
            Thread.sleep(SETTLE_MILLIS);
        }

        void pass() throws Exception {
            Hold mine = hold;
            released = threads.get(holder).submit(() -> {
                mine.release();
                return true;
            });
            hold = waiting.get();
            holder = 1 - holder;
        }

        /** Lets the release come to its end. */
        @TearDown(Level.Invocation)
        public void settle() throws Exception {
            released.get();
        }

        /** Gives the lock back. */
        @TearDown(Level.Trial)
        public void end() throws Exception {
            Hold mine = hold;
            threads.get(holder)
                    .submit(() -> {
                        mine.release();
                        return true;
                    })
                    .get();
            threads.forEach(ExecutorService::shutdownNow);
        }
    }

    /** One pass. */
    @Benchmark
    public void pass(Arena arena, Pass pass) throws Exception {
        pass.pass();
    }
}
