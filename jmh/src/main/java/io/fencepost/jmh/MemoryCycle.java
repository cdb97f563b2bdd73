package io.fencepost.jmh;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Acquire and release of one free lock of {@code memory:} through the public API, with automatic renewal on: what the client alone costs, in time and, with the
 * profiler {@code gc}, in bytes. Beside it a {@link ReentrantLock}, which does much less.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemoryCycle {
    /** {@code memory} or {@code reentrant-lock}. */
    @Param("memory")
    public String contestant = "memory";

    private final ReentrantLock reentrant = new ReentrantLock();

    // set up by JMH before any benchmark method runs
    @SuppressWarnings("NullAway.Init")
    private LockClient client;

    @SuppressWarnings("NullAway.Init")
    private DistributedLock lock;

    private boolean ours;

    /** Opens a client. */
    @Setup(Level.Trial)
    public void open() {
        ours = switch (contestant) {
            case "memory" -> true;
            case "reentrant-lock" -> false;
            default ->
                throw new IllegalArgumentException(
                        "contestant = '" + contestant + "', allowed is memory or reentrant-lock");
        };
        client = LockClients.open("memory:jmh-" + UUID.randomUUID());
        lock = client.lock("cycle", LockOptions.ttl(Duration.ofSeconds(10)));
    }

    /** Acquire and release. */
    @Benchmark
    public Object cycle() throws InterruptedException {
        if (ours) {
            return lock.acquire().release();
        }
        reentrant.lockInterruptibly();
        try {
            return lock;
        } finally {
            reentrant.unlock();
        }
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void close() {
        client.close();
    }
}
