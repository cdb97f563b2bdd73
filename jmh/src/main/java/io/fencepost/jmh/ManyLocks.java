package io.fencepost.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** As {@link Contended}, each turn for one of many locks, chosen at random by a distribution. Run it with {@code locks=1000}. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ManyLocks {
    /** Which lock comes next; the same in every fork. */
    @State(Scope.Thread)
    public static class Choice {
        /** {@code uniform}, or {@code zipf} with exponent 1. */
        @Param("uniform")
        public String distribution = "uniform";

        // set up by JMH before any benchmark method runs
        @SuppressWarnings("NullAway.Init")
        private LockChoice choice;

        /** Seeds it by the thread. */
        @Setup(Level.Trial)
        public void seed(Arena arena, ThreadParams thread) {
            choice = LockChoice.of(distribution, arena.locks, thread.getThreadIndex());
        }
    }

    /** Acquire, waiting, and release. */
    @Benchmark
    public void cycle(Arena arena, Slot slot, Choice choice, Outcomes outcomes) throws Exception {
        slot.cycle(arena.lock(choice.choice.next()), outcomes);
    }
}
