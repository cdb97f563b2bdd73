package io.fencepost.jmh;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.jmh.floor.Floor;
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
 * One thread makes the raw driver calls that any lock over the backend must make, {@link Floor#take} and {@link Floor#giveBack}: what
 * {@link UncontendedBenchmark#cycle} is to be compared with.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(2)
public class FloorBenchmark {
    private static final String NAME = "uncontended";

    /** The provider whose floor it is. */
    @Param({"cassandra", "redlock", "zookeeper"})
    public String provider = "redlock";

    // set up by JMH before any benchmark method runs
    @SuppressWarnings("NullAway.Init")
    private Cluster cluster;

    @SuppressWarnings("NullAway.Init")
    private Floor floor;

    @Setup(Level.Trial)
    public void open() throws Exception {
        Target target = Target.of(provider);
        cluster = Clusters.start(target.clusterSpec());
        floor = target.openFloor(cluster);
    }

    @TearDown(Level.Trial)
    public void close() {
        try {
            floor.close();
        } finally {
            cluster.close();
        }
    }

    /** Both raw calls. */
    @Benchmark
    public void cycle() throws Exception {
        floor.take(NAME);
        floor.giveBack(NAME);
    }
}
