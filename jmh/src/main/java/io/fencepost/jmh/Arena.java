package io.fencepost.jmh;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fencepost.jmh.contestant.Contestant;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.Contestants;
import io.fencepost.jmh.contestant.Opening;
import io.fencepost.jmh.contestant.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * What a benchmark of a fork works on: one contestant, opened with its clients on servers that run already, the names of the locks, and what the threads saw. At the
 * end it writes what the JSON of JMH cannot carry, and fails the fork if a token did not grow or, for ours, a lock had two holders.
 *
 * <p>The names are new in every fork, so that nothing that an earlier one left behind matters.
 */
@State(Scope.Benchmark)
public class Arena {
    /** Where the servers listen, with commas; a system property of the fork. Not needed for {@code memory:}. */
    public static final String ADDRESSES = "fencepost.jmh.addresses";

    /** The file for what the JSON of JMH cannot carry; nothing is written without it. */
    public static final String EXTRA = "fencepost.jmh.extra";

    /** A file that is made when all clients are connected; the fork then goes on when it is deleted. Without it the fork goes on at once. */
    public static final String CONNECTED = "fencepost.jmh.connected";

    private static final Duration CONNECTED_STEP = Duration.ofMillis(20);
    private static final int MOST_THREADS = 1024;

    /** Who is measured. */
    @Param("memory")
    public String contestant = "memory";

    /** How many clients, over which the threads are spread evenly. */
    @Param("1")
    public int clients = 1;

    /** How many locks. */
    @Param("16")
    public int locks = 16;

    /** How long a contestant that can only try pauses between two tries, in milliseconds. */
    @Param("25")
    public long pollMillis = 25;

    /** How long a contended acquire waits at most, in milliseconds. */
    @Param("10000")
    public long waitMillis = 10_000;

    private final Tally[] tallies = new Tally[MOST_THREADS];

    // set up by JMH before any benchmark method runs
    @SuppressWarnings("NullAway.Init")
    private ContestantType type;

    @SuppressWarnings("NullAway.Init")
    private Contestant opened;

    @SuppressWarnings("NullAway.Init")
    private List<Watched> watched;

    @SuppressWarnings("NullAway.Init")
    private CountDownLatch closed;

    @SuppressWarnings("NullAway.Init")
    private AtomicInteger stillUsing;

    private Duration wait = Duration.ZERO;
    private int threads;
    private boolean measuring;
    private double seconds;

    /** Connects. */
    @Setup(Level.Trial)
    public void open(BenchmarkParams params) throws Exception {
        type = Contestants.of(contestant);
        wait = Duration.ofMillis(waitMillis);
        threads = params.getThreads();
        closed = new CountDownLatch(1);
        stillUsing = new AtomicInteger(threads);
        String prefix = "b" + UUID.randomUUID().toString().substring(0, 8) + "-";
        watched =
                IntStream.range(0, locks).mapToObj(i -> new Watched(prefix + i)).toList();
        for (int i = 0; i < threads; i++) {
            tallies[i] = new Tally();
        }
        opened = type.open(new Opening(addresses(), clients, Duration.ofMillis(pollMillis)));
        awaitRunner();
    }

    private static List<String> addresses() {
        String property = System.getProperty(ADDRESSES, "");
        return property.isEmpty() ? List.of() : List.of(property.split(",", -1));
    }

    private static void awaitRunner() throws IOException, InterruptedException {
        String file = System.getProperty(CONNECTED, "");
        if (file.isEmpty()) {
            return;
        }
        Path path = Files.createFile(Path.of(file));
        while (Files.exists(path)) {
            Thread.sleep(CONNECTED_STEP.toMillis());
        }
    }

    /** A measured iteration begins, or one that is not. */
    @Setup(Level.Iteration)
    public void begin(IterationParams iteration) {
        measuring = iteration.getType() == IterationType.MEASUREMENT;
        for (int i = 0; i < threads; i++) {
            tally(i).begin();
        }
    }

    /** Adds up how long it took. */
    @TearDown(Level.Iteration)
    public void end() {
        if (!measuring) {
            return;
        }
        List<Tally> busy =
                tallies().stream().filter(tally -> tally.operations > 0).toList();
        if (!busy.isEmpty()) {
            // the clock may be negative, so instants are only ever subtracted from each other
            long origin = busy.get(0).first;
            long first =
                    busy.stream().mapToLong(tally -> tally.first - origin).min().orElse(0);
            long last =
                    busy.stream().mapToLong(tally -> tally.last - origin).max().orElse(0);
            seconds += (last - first) / (double) TimeUnit.SECONDS.toNanos(1);
        }
    }

    /**
     * A thread is done. The last one disconnects, and the others sleep meanwhile: JMH would have them spin, and take the processor from those that disconnect.
     */
    void leave() throws InterruptedException {
        if (stillUsing.decrementAndGet() == 0) {
            disconnect();
        } else {
            closed.await();
        }
    }

    private void disconnect() {
        if (closed.getCount() > 0) {
            try {
                opened.close();
            } finally {
                closed.countDown();
            }
        }
    }

    /** Writes what was seen, and disconnects where no thread did. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        try {
            disconnect();
        } finally {
            String file = System.getProperty(EXTRA, "");
            if (!file.isEmpty()) {
                new ObjectMapper().writeValue(Path.of(file).toFile(), extra());
            }
        }
        long unordered = sum(tally -> tally.tokenViolations);
        long overlaps = sum(tally -> tally.overlaps);
        if (unordered > 0) {
            throw new IllegalStateException(contestant + ": " + unordered + " tokens did not grow");
        }
        if (overlaps > 0 && type.role() == Role.OURS) {
            throw new IllegalStateException(contestant + ": a lock had two holders " + overlaps + " times");
        }
    }

    private ObjectNode extra() {
        ObjectNode extra = new ObjectMapper().createObjectNode();
        ArrayNode grants = extra.putArray("grantsPerThread");
        Histogram wait = Tally.histogram();
        Histogram cycle = Tally.histogram();
        for (Tally tally : tallies()) {
            grants.add(tally.acquired);
            wait.add(tally.wait);
            cycle.add(tally.cycle);
        }
        extra.set("waitMicros", micros(wait));
        extra.set("cycleMicros", micros(cycle));
        extra.put("acquired", sum(tally -> tally.acquired));
        extra.put("contended", sum(tally -> tally.contended));
        extra.put("unavailable", sum(tally -> tally.unavailable));
        extra.put("unknown", sum(tally -> tally.unknown));
        extra.put("failedReleases", sum(tally -> tally.failedReleases));
        extra.put("tokenViolations", sum(tally -> tally.tokenViolations));
        extra.put("overlaps", sum(tally -> tally.overlaps));
        extra.put("seconds", seconds);
        tallies().stream()
                .filter(tally -> tally.firstFailure != null)
                .findFirst()
                .ifPresent(tally -> extra.put("firstFailure", String.valueOf(tally.firstFailure)));
        return extra;
    }

    private static ObjectNode micros(Histogram nanos) {
        ObjectNode node = new ObjectMapper().createObjectNode();
        if (nanos.getTotalCount() > 0) {
            double perMicro = TimeUnit.MICROSECONDS.toNanos(1);
            node.put("p50", nanos.getValueAtPercentile(50) / perMicro);
            node.put("p90", nanos.getValueAtPercentile(90) / perMicro);
            node.put("p99", nanos.getValueAtPercentile(99) / perMicro);
            node.put("max", nanos.getMaxValue() / perMicro);
            node.put("mean", nanos.getMean() / perMicro);
        }
        node.put("count", nanos.getTotalCount());
        return node;
    }

    private long sum(ToLongFunction<Tally> part) {
        return tallies().stream().mapToLong(part).sum();
    }

    private List<Tally> tallies() {
        return new ArrayList<>(Arrays.asList(tallies).subList(0, threads));
    }

    Tally tally(int thread) {
        return tallies[thread];
    }

    boolean measuring() {
        return measuring;
    }

    Contestant contestant() {
        return opened;
    }

    Watched lock(int index) {
        return watched.get(index);
    }

    Duration waitLimit() {
        return wait;
    }
}
