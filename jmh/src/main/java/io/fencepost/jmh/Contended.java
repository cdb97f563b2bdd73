package io.fencepost.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * Threads over clients, all for one lock, each again as soon as it gave it back; it is held for no time. Throughput and outcomes by JMH; wait, cycle and grants by
 * thread in the side file. JMH sums the rates of threads, which is coarse where a thread gets few turns: the side file's acquired over seconds is exact.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Contended {
    /** Acquire, waiting, and release. */
    @Benchmark
    public void cycle(Arena arena, Slot slot, Outcomes outcomes) throws Exception {
        slot.cycle(arena.lock(0), outcomes);
    }
}
