package io.fencepost.jmh;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.ReleaseOutcome;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One thread acquires and releases one lock through the public API. A closed loop: it tells the service time of an idle system, not latency under load.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(2)
public class UncontendedBenchmark {
    /** The provider; {@code memory} tells what the client alone costs. */
    @Param({"memory", "cassandra", "redlock", "zookeeper"})
    public String provider = "memory";

    // set up by JMH before any benchmark method runs
    @SuppressWarnings("NullAway.Init")
    private BackendState backend;

    @SuppressWarnings("NullAway.Init")
    private DistributedLock lock;

    @Setup(Level.Trial)
    public void open() {
        backend = new BackendState(provider);
        lock = backend.lock("uncontended");
    }

    @TearDown(Level.Trial)
    public void close() {
        backend.close();
    }

    /** Acquire, then release and wait for its outcome. */
    @Benchmark
    public ReleaseOutcome cycle() throws InterruptedException {
        return BackendState.acquire(lock).release();
    }
}
