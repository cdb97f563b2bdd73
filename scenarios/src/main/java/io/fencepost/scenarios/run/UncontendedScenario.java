package io.fencepost.scenarios.run;

import io.fencepost.jmh.floor.Floor;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.scenarios.check.GrantRecord;
import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.stats.Bootstrap;
import io.fencepost.scenarios.stats.Interval;
import io.fencepost.scenarios.stats.Latencies;
import io.fencepost.scenarios.worker.AttemptClock;
import io.fencepost.scenarios.worker.GrantLog;
import io.fencepost.scenarios.worker.Validity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One thread acquires and releases, in blocks that take turns with blocks of the raw driver call on the same cluster, so that whatever slows the machine down slows
 * both. The next lock is another one each time, so that no placement of one name on one node decides.
 */
final class UncontendedScenario implements Scenario {
    private static final String SCENARIO = "uncontended";
    private static final String FLOOR = "floor";
    private static final int NAMES = 16;
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration WAIT = Duration.ofSeconds(10);

    /** What one block of the provider measured. */
    private record Block(Latencies acquire, Latencies release, long nanos) {
        double cyclesPerSecond() {
            return acquire.count() * 1e9 / nanos;
        }
    }

    @Override
    public String id() {
        return SCENARIO;
    }

    @Override
    public boolean chaos() {
        return false;
    }

    @Override
    public Duration estimate(Profile.Plan plan) {
        return plan.warmUp()
                .plus(plan.block().multipliedBy(2L * plan.blockPairs()))
                .plusSeconds(4);
    }

    @Override
    public List<Measurement> run(Bench bench) throws Exception {
        AttemptClock attempts = new AttemptClock();
        try (LockClient client =
                        LockClients.builder(bench.uri()).observer(attempts).open();
                Floor floor = bench.target().openFloor(bench.cluster())) {
            List<DistributedLock> locks = IntStream.range(0, NAMES)
                    .mapToObj(i -> client.lock(SCENARIO + "/" + i, LockOptions.ttl(TTL)))
                    .toList();
            List<Block> blocks = new ArrayList<>();
            List<Latencies> raw = new ArrayList<>();
            long warm = System.nanoTime() + bench.plan().warmUp().toNanos();
            while (System.nanoTime() < warm) {
                providerBlock(locks, bench.plan().block(), attempts, bench.grants());
                floorBlock(floor, bench.plan().block());
            }
            for (int i = 0; i < bench.plan().blockPairs(); i++) {
                blocks.add(providerBlock(locks, bench.plan().block(), attempts, bench.grants()));
                raw.add(floorBlock(floor, bench.plan().block()));
            }
            return figures(bench, blocks, raw);
        }
    }

    private static Block providerBlock(
            List<DistributedLock> locks, Duration length, AttemptClock attempts, GrantLog grants)
            throws InterruptedException {
        Latencies acquire = new Latencies();
        Latencies release = new Latencies();
        long start = System.nanoTime();
        long end = start + length.toNanos();
        int next = 0;
        while (System.nanoTime() < end || acquire.count() == 0) {
            DistributedLock lock = locks.get(next++ % locks.size());
            long called = System.nanoTime();
            Lease lease = lock.tryAcquire(WAIT)
                    .orElseThrow(() ->
                            new IllegalStateException("'" + lock.name() + "' is held, though nobody else uses it"));
            long granted = System.nanoTime();
            long validUntil = Validity.untilNanos(lease);
            long released = System.nanoTime();
            lease.release();
            long done = System.nanoTime();
            acquire.record(granted - called);
            release.record(done - released);
            grants.add(new GrantRecord(
                    SCENARIO,
                    lock.name(),
                    "run",
                    0,
                    lease.token().value(),
                    called,
                    attempts.attemptOf(lock.name(), called),
                    granted,
                    released,
                    Math.max(granted, validUntil)));
        }
        return new Block(acquire, release, System.nanoTime() - start);
    }

    private static Latencies floorBlock(Floor floor, Duration length) throws Exception {
        Latencies taken = new Latencies();
        long end = System.nanoTime() + length.toNanos();
        int next = 0;
        while (System.nanoTime() < end || taken.count() == 0) {
            String name = "name-" + next++ % NAMES;
            long called = System.nanoTime();
            floor.take(name);
            taken.record(System.nanoTime() - called);
            floor.giveBack(name);
        }
        return taken;
    }

    private static List<Measurement> figures(Bench bench, List<Block> blocks, List<Latencies> raw) {
        SplittableRandom random = bench.random(SCENARIO);
        List<Measurement> figures = new ArrayList<>();
        figures.addAll(Percentiles.of(
                bench,
                SCENARIO,
                "acquire",
                TimeUnit.MICROSECONDS,
                blocks.stream().map(Block::acquire).toList(),
                (parts, figure) -> Bootstrap.interval(parts, figure, random)));
        figures.addAll(Percentiles.of(
                bench,
                SCENARIO,
                "release",
                TimeUnit.MICROSECONDS,
                blocks.stream().map(Block::release).toList(),
                (parts, figure) -> Bootstrap.interval(parts, figure, random)));
        Function<List<Block>, Double> throughput = some ->
                some.stream().mapToDouble(Block::cyclesPerSecond).average().orElseThrow();
        figures.add(bench.figure(
                SCENARIO,
                "cycle_throughput",
                "ops/s",
                throughput.apply(blocks),
                Bootstrap.interval(blocks, throughput, random),
                blocks.size()));

        figures.addAll(Percentiles.of(
                bench,
                FLOOR,
                "raw_acquire",
                TimeUnit.MICROSECONDS,
                raw,
                (parts, figure) -> Bootstrap.interval(parts, figure, random)));
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            ratios.add(median(blocks.get(i).acquire()) / median(raw.get(i)));
        }
        Function<List<Double>, Double> middle = Interval::median;
        figures.add(bench.figure(
                FLOOR,
                "ratio_acquire_p50",
                "ratio",
                middle.apply(ratios),
                Bootstrap.interval(ratios, middle, random),
                ratios.size()));
        return figures;
    }

    private static double median(Latencies latencies) {
        return latencies.percentile(50, TimeUnit.MICROSECONDS);
    }
}
