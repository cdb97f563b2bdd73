package io.fencepost.scenarios.bench;

import static io.fencepost.scenarios.bench.Sense.ALL_AT_MOST;
import static io.fencepost.scenarios.bench.Sense.AT_LEAST;
import static io.fencepost.scenarios.bench.Sense.AT_MOST;
import static io.fencepost.scenarios.bench.Sense.UNCHANGED;

import io.fencepost.scenarios.stats.Estimate;
import io.fencepost.scenarios.stats.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;

/** The table of goals. */
public final class Goals {
    private static final String RATIO = "ratio";
    private static final double MICROS_A_SECOND = 1e6;
    private static final int LEAST_KILLS = 5;

    /** One client with one thread on locks that nobody else wants. */
    private static final Work ACQUIRE = new Work("Uncontended.acquire", 1, 1, 0);

    private static final Work CYCLE = new Work("Uncontended.cycle", 1, 1, 0);
    private static final Work ONE_TIMES_64 = new Work("Contended.cycle", 1, 64, 0);
    private static final Work FOUR_TIMES_16 = new Work("Contended.cycle", 4, 64, 0);
    private static final Work FOUR_TIMES_8 = new Work("Contended.cycle", 4, 32, 0);
    private static final Work MEMORY = new Work("MemoryCycle.cycle", 1, 1, 0);

    /** All of them, in the order of the table. */
    public static final List<Goal> ALL = Stream.of(cassandra(), redlock(), zooKeeper(), memory(), takeovers())
            .flatMap(List::stream)
            .toList();

    private Goals() {}

    /** What contestants have to do. */
    private record Work(String benchmark, int clients, int threads, int stoppedNodes) {
        SortedMap<Integer, Double> of(String contestant, Metric metric, Evidence evidence) throws NotMeasuredException {
            return evidence.forks().only(name(contestant), series -> isDoneBy(contestant, series), metric);
        }

        boolean isDoneBy(String contestant, Series series) {
            return series.contestant().equals(contestant)
                    && series.benchmark().equals(benchmark)
                    && series.clients() == clients
                    && series.threads() == threads
                    && series.stoppedNodes() == stoppedNodes;
        }

        String name(String contestant) {
            return benchmark + " " + clients + "x" + threads
                    + (stoppedNodes == 0 ? "" : " with " + stoppedNodes + " node stopped") + " of " + contestant;
        }
    }

    private static List<Goal> cassandra() {
        String cassandra = "cassandra";
        String raw = "cassandra-raw";
        return List.of(
                new Goal(
                        "cassandra-acquire",
                        cassandra,
                        "acquire, uncontended: 1.05 × one raw LWT",
                        AT_MOST,
                        1.05,
                        RATIO,
                        "p50 of Uncontended.acquire, cassandra over cassandra-raw",
                        ratio(ACQUIRE, Metric.P50, cassandra, raw)),
                new Goal(
                        "cassandra-cycle",
                        cassandra,
                        "acquire and release, uncontended: 1.05 × two raw LWTs",
                        AT_MOST,
                        1.05,
                        RATIO,
                        "p50 of Uncontended.cycle, cassandra over cassandra-raw",
                        ratio(CYCLE, Metric.P50, cassandra, raw)),
                new Goal(
                        "cassandra-1x64-throughput",
                        cassandra,
                        "64 threads of one client, one lock: 1.5 × the throughput of two sequential raw LWTs",
                        AT_LEAST,
                        1.5,
                        RATIO,
                        "grants a second of Contended.cycle 1x64, times the mean of Uncontended.cycle of cassandra-raw",
                        throughputOverSequential(ONE_TIMES_64, cassandra, raw)),
                new Goal(
                        "cassandra-1x64-wait",
                        cassandra,
                        "64 threads of one client, one lock: p99 of the wait 1.3 × 64 mean cycles",
                        AT_MOST,
                        1.3,
                        RATIO,
                        "p99 of the wait in Contended.cycle 1x64, over 64 times the mean time from grant to grant of the same fork",
                        evidence -> Estimate.ofRounds(combined(
                                ONE_TIMES_64.of(cassandra, Metric.WAIT_P99, evidence),
                                ONE_TIMES_64.of(cassandra, Metric.THROUGHPUT, evidence),
                                (wait, throughput) -> wait / (64 * MICROS_A_SECOND / throughput)))),
                new Goal(
                        "cassandra-1x64-shedlock",
                        cassandra,
                        "64 threads of one client, one lock: 10 × ShedLock's provider, polled with its best interval",
                        AT_LEAST,
                        10,
                        RATIO,
                        "grants a second of Contended.cycle 1x64, cassandra over shedlock-cassandra with the interval of the"
                                + " greatest median",
                        evidence -> Estimate.ofRounds(combined(
                                ONE_TIMES_64.of(cassandra, Metric.THROUGHPUT, evidence),
                                best(ONE_TIMES_64, "shedlock-cassandra", evidence),
                                (a, b) -> a / b))),
                new Goal(
                        "cassandra-4x16-throughput",
                        cassandra,
                        "4 clients × 16 threads, one lock: 0.8 × the throughput of two sequential raw LWTs",
                        AT_LEAST,
                        0.8,
                        RATIO,
                        "grants a second of Contended.cycle 4x64, times the mean of Uncontended.cycle of cassandra-raw",
                        throughputOverSequential(FOUR_TIMES_16, cassandra, raw)),
                new Goal(
                        "cassandra-4x16-timeouts",
                        cassandra,
                        "4 clients × 16 threads, one lock: no CAS timeouts",
                        ALL_AT_MOST,
                        0,
                        "count",
                        "operations of Contended.cycle 4x64 that ended unavailable or with an unknown outcome, as a CAS timeout"
                                + " does, in all forks",
                        evidence -> {
                            List<Double> counts = combined(
                                    FOUR_TIMES_16.of(cassandra, Metric.UNAVAILABLE, evidence),
                                    FOUR_TIMES_16.of(cassandra, Metric.UNKNOWN, evidence),
                                    Double::sum);
                            double sum = counts.stream()
                                    .mapToDouble(Double::doubleValue)
                                    .sum();
                            return new Estimate(sum, Optional.empty(), counts.size());
                        }));
    }

    private static List<Goal> redlock() {
        String redlock = "redlock";
        String peer = "redisson-redlock";
        return List.of(
                new Goal(
                        "redlock-acquire",
                        redlock,
                        "acquire, uncontended: 1.1 × the raw fan-out to a quorum",
                        AT_MOST,
                        1.1,
                        RATIO,
                        "p50 of Uncontended.acquire, redlock over redis-raw-quorum",
                        ratio(ACQUIRE, Metric.P50, redlock, "redis-raw-quorum")),
                new Goal(
                        "redlock-cycle",
                        redlock,
                        "acquire and release, uncontended: 0.25 × RedissonRedLock",
                        AT_MOST,
                        0.25,
                        RATIO,
                        "p50 of Uncontended.cycle, redlock over redisson-redlock",
                        ratio(CYCLE, Metric.P50, redlock, peer)),
                new Goal(
                        "redlock-node-stopped",
                        redlock,
                        "one node stopped: p99 unchanged within noise",
                        UNCHANGED,
                        1,
                        RATIO,
                        "p99 of Uncontended.acquire with one of the five nodes stopped, over that with none: met if the interval"
                                + " holds 1 or lies below it; how wide the interval is tells how much of a change that would notice",
                        evidence -> Estimate.ofRounds(combined(
                                new Work(ACQUIRE.benchmark(), 1, 1, 1).of(redlock, Metric.P99, evidence),
                                ACQUIRE.of(redlock, Metric.P99, evidence),
                                (stopped, whole) -> stopped / whole))),
                new Goal(
                        "redlock-4x8-throughput",
                        redlock,
                        "4 clients × 8 threads, one lock: 5 × RedissonRedLock",
                        AT_LEAST,
                        5,
                        RATIO,
                        "grants a second of Contended.cycle 4x32, redlock over redisson-redlock",
                        ratio(FOUR_TIMES_8, Metric.THROUGHPUT, redlock, peer)));
    }

    private static List<Goal> zooKeeper() {
        String zooKeeper = "zookeeper";
        String peer = "curator-mutex";
        return List.of(
                new Goal(
                        "zookeeper-acquire",
                        zooKeeper,
                        "acquire, uncontended: 1.05 × a raw create",
                        AT_MOST,
                        1.05,
                        RATIO,
                        "p50 of Uncontended.acquire, zookeeper over zookeeper-raw",
                        ratio(ACQUIRE, Metric.P50, zooKeeper, "zookeeper-raw")),
                new Goal(
                        "zookeeper-cycle",
                        zooKeeper,
                        "acquire and release, uncontended: 0.8 × InterProcessMutex",
                        AT_MOST,
                        0.8,
                        RATIO,
                        "p50 of Uncontended.cycle, zookeeper over curator-mutex",
                        ratio(CYCLE, Metric.P50, zooKeeper, peer)),
                new Goal(
                        "zookeeper-4x8-throughput",
                        zooKeeper,
                        "4 clients × 8 threads, one lock: 6 × InterProcessMutex",
                        AT_LEAST,
                        6,
                        RATIO,
                        "grants a second of Contended.cycle 4x32, zookeeper over curator-mutex",
                        ratio(FOUR_TIMES_8, Metric.THROUGHPUT, zooKeeper, peer)),
                new Goal(
                        "zookeeper-fair-jain",
                        zooKeeper,
                        "4 clients × 8 threads, one lock, fair mode: Jain's index",
                        AT_LEAST,
                        0.95,
                        "1",
                        "Jain's index over the grants of the 32 threads of Contended.cycle 4x32 of zookeeper-fair",
                        evidence -> Estimate.ofRounds(List.copyOf(FOUR_TIMES_8
                                .of("zookeeper-fair", Metric.JAIN_INDEX, evidence)
                                .values()))));
    }

    private static List<Goal> memory() {
        String memory = "memory";
        return List.of(
                new Goal(
                        "memory-time",
                        memory,
                        "acquire and release through the public API with automatic renewal: 1 µs",
                        AT_MOST,
                        1,
                        "us",
                        "mean of MemoryCycle.cycle",
                        evidence -> Estimate.ofRounds(List.copyOf(
                                MEMORY.of(memory, Metric.MEAN, evidence).values()))),
                new Goal(
                        "memory-bytes",
                        memory,
                        "acquire and release through the public API with automatic renewal: 600 bytes",
                        AT_MOST,
                        600,
                        "B",
                        "bytes allocated for one MemoryCycle.cycle",
                        evidence -> Estimate.ofRounds(List.copyOf(
                                MEMORY.of(memory, Metric.ALLOCATED, evidence).values()))));
    }

    private static List<Goal> takeovers() {
        return Stream.of("cassandra", "redlock", "zookeeper")
                .map(provider -> new Goal(
                        provider + "-takeover",
                        provider,
                        "takeover after SIGKILL with a waiter present: ttl + 10 percent",
                        ALL_AT_MOST,
                        1.1,
                        "ttl",
                        "from the kill of the holding process to the grant in the waiting one, the longest of all kills, over the"
                                + " ttl that was asked for; the interval is from the shortest to the longest",
                        evidence -> takeover(provider, evidence)))
                .toList();
    }

    private static Estimate takeover(String provider, Evidence evidence) throws NotMeasuredException {
        Takeover takeover = evidence.takeovers().get(provider);
        if (takeover == null) {
            throw new NotMeasuredException("no takeover of " + provider + " was measured");
        }
        if (takeover.kills() < LEAST_KILLS) {
            throw new NotMeasuredException("only " + takeover.kills() + " of " + LEAST_KILLS + " holders were killed");
        }
        double greatest = takeover.greatestMillis() / takeover.ttlMillis();
        return new Estimate(
                greatest,
                Optional.of(new Interval(takeover.leastMillis() / takeover.ttlMillis(), greatest)),
                takeover.kills());
    }

    private static Goal.Figure ratio(Work work, Metric metric, String a, String b) {
        return evidence -> Estimate.ofRounds(
                combined(work.of(a, metric, evidence), work.of(b, metric, evidence), (x, y) -> x / y));
    }

    /** How many times as often the lock is granted as one thread could make two raw calls after each other. */
    private static Goal.Figure throughputOverSequential(Work work, String contestant, String raw) {
        return evidence -> Estimate.ofRounds(combined(
                work.of(contestant, Metric.THROUGHPUT, evidence),
                CYCLE.of(raw, Metric.MEAN, evidence),
                (throughput, mean) -> throughput * mean / MICROS_A_SECOND));
    }

    /** Of a contestant that was run with several settings, the rounds of that with the greatest median. */
    private static SortedMap<Integer, Double> best(Work work, String contestant, Evidence evidence)
            throws NotMeasuredException {
        List<Series> settings = evidence.forks().matching(series -> work.isDoneBy(contestant, series));
        if (settings.isEmpty()) {
            throw new NotMeasuredException(work.name(contestant) + " was not run");
        }
        return settings.stream()
                .map(setting -> evidence.forks().rounds(setting, Metric.THROUGHPUT))
                .filter(rounds -> !rounds.isEmpty())
                .max(Comparator.comparing(rounds -> Interval.median(rounds.values())))
                .orElseThrow(() -> new NotMeasuredException(
                        work.name(contestant) + ": " + evidence.forks().reason(settings.get(0), Metric.THROUGHPUT)));
    }

    /** A figure of two for each round that both have. */
    private static List<Double> combined(
            SortedMap<Integer, Double> a, SortedMap<Integer, Double> b, DoubleBinaryOperator figure)
            throws NotMeasuredException {
        Map<Integer, Double> common = new TreeMap<>(a);
        common.keySet().retainAll(b.keySet());
        if (common.isEmpty()) {
            throw new NotMeasuredException("no round has both figures: " + a.keySet() + " and " + b.keySet());
        }
        List<Double> rounds = new ArrayList<>();
        common.forEach((round, first) -> {
            double value = figure.applyAsDouble(first, Objects.requireNonNull(b.get(round)));
            // over a round in which the other was granted nothing there is no ratio; to leave it out is to the other's
            // favour
            if (Double.isFinite(value)) {
                rounds.add(value);
            }
        });
        if (rounds.isEmpty()) {
            throw new NotMeasuredException("what it is to be held against is 0 in every round");
        }
        return rounds;
    }
}
