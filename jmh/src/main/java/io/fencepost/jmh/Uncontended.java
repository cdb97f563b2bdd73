package io.fencepost.jmh;

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

/**
 * One thread and free locks, going round {@link Arena#locks} of them, so that no placement of one name on one node decides. A closed loop: it tells the service time
 * of an idle system, not latency under load.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Uncontended {
    /** A lock that is given back after the timed part. */
    @State(Scope.Thread)
    public static class GivenBack {
        // set by the benchmark before it is used
        @SuppressWarnings("NullAway.Init")
        Hold hold;

        /** Gives it back. */
        @TearDown(Level.Invocation)
        public void release() throws Exception {
            hold.release();
        }
    }

    /** A lock that is taken before the timed part. */
    @State(Scope.Thread)
    public static class Taken {
        // set up by JMH before any benchmark method runs
        @SuppressWarnings("NullAway.Init")
        Hold hold;

        /** Takes it. */
        @Setup(Level.Invocation)
        public void acquire(Arena arena, Slot slot) throws Exception {
            hold = slot.takeFree(slot.nextLock());
        }
    }

    /** Takes a lock; it is given back outside of the timed part. */
    @Benchmark
    public void acquire(Arena arena, Slot slot, GivenBack lock) throws Exception {
        lock.hold = slot.takeFree(slot.nextLock());
    }

    /** Gives back a lock that was taken outside of the timed part. */
    @Benchmark
    public void release(Arena arena, Slot slot, Taken lock) throws Exception {
        lock.hold.release();
    }

    /** Both. */
    @Benchmark
    public void cycle(Arena arena, Slot slot) throws Exception {
        slot.takeFree(slot.nextLock()).release();
    }
}
