package io.fencepost.jmh;

import io.fencepost.jmh.contestant.Attempt;
import io.fencepost.jmh.contestant.Hold;
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

/** One thread tries for a lock that another client holds. Needs two clients. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FailedTry {
    /** The lock that is held, anew in each iteration, so that it outlives its ttl for nobody. */
    @State(Scope.Thread)
    public static class Taken {
        // set up by JMH before any benchmark method runs
        @SuppressWarnings("NullAway.Init")
        Hold hold;

        @SuppressWarnings("NullAway.Init")
        Watched lock;

        /** The last client takes it. */
        @Setup(Level.Iteration)
        public void acquire(Arena arena, Slot slot) throws Exception {
            if (arena.clients < 2) {
                throw new IllegalStateException("clients = " + arena.clients + ", must be at least 2");
            }
            lock = arena.lock(0);
            hold = arena.contestant().tryAcquire(arena.clients - 1, lock.name()).held();
        }

        /** Gives it back. */
        @TearDown(Level.Iteration)
        public void release() throws Exception {
            hold.release();
        }
    }

    /** One try. */
    @Benchmark
    public void tryHeld(Arena arena, Slot slot, Taken taken) throws Exception {
        Attempt attempt = arena.contestant().tryAcquire(slot.client(), taken.lock.name());
        if (!(attempt instanceof Attempt.Contended)) {
            throw new IllegalStateException("a try for a lock that is held ended with " + attempt);
        }
    }
}
