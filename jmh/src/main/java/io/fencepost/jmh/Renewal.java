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

/** One thread renews one lease, as fast as it can; an application does it every few seconds. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Renewal {
    /** The lease. */
    @State(Scope.Thread)
    public static class Taken {
        // set up by JMH before any benchmark method runs
        @SuppressWarnings("NullAway.Init")
        Hold hold;

        /** Takes it. */
        @Setup(Level.Iteration)
        public void acquire(Arena arena, Slot slot) throws Exception {
            hold = slot.takeFree(arena.lock(0));
        }

        /** Gives it back. */
        @TearDown(Level.Iteration)
        public void release() throws Exception {
            hold.release();
        }
    }

    /** One renewal. */
    @Benchmark
    public void renew(Arena arena, Slot slot, Taken taken) throws Exception {
        if (!taken.hold.renew()) {
            throw new IllegalStateException("a renewal was not confirmed");
        }
    }
}
