package io.fencepost.scenarios.run;

import io.fencepost.infra.ServerNode;
import io.fencepost.scenarios.check.GrantRecord;
import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.worker.Event;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Two processes use a few locks without a pause; one server is killed with SIGKILL at a random time, and started again some seconds later. */
final class KillNodeScenario implements Scenario {
    private static final String SCENARIO = "kill-node";
    private static final int PROCESSES = 2;
    private static final int THREADS = 4;
    private static final int LOCKS = 4;
    private static final Duration TTL = Duration.ofSeconds(5);
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final int SPREAD_MILLIS = 1_000;
    /** Far beyond the slowest restart: the loops are stopped when the scenario is through. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    @Override
    public String id() {
        return SCENARIO;
    }

    @Override
    public boolean chaos() {
        return true;
    }

    @Override
    public Duration estimate(Profile.Plan plan) {
        return WARM_UP.plus(plan.beforeKill())
                .plus(plan.nodeDown())
                .plus(plan.afterRestart())
                .plusSeconds(20);
    }

    @Override
    public List<Measurement> run(Bench bench) throws Exception {
        List<WorkerProcess> workers = bench.workers().workers(PROCESSES);
        SplittableRandom random = bench.random(SCENARIO);
        List<String> locks =
                IntStream.range(0, LOCKS).mapToObj(i -> SCENARIO + "/" + i).toList();
        ServerNode victim = bench.cluster()
                .nodes()
                .get(random.nextInt(bench.cluster().nodes().size()));
        Loops loops = Loops.start(workers, locks, THREADS, TTL, WAIT, LONGEST, random);
        try {
            long steady = loops.startNanos() + WARM_UP.toNanos();
            sleepUntil(steady
                    + bench.plan().beforeKill().toNanos()
                    + TimeUnit.MILLISECONDS.toNanos(random.nextInt(SPREAD_MILLIS)));
            long killed = System.nanoTime();
            victim.kill();
            sleepUntil(killed + bench.plan().nodeDown().toNanos());
            long restarted = System.nanoTime();
            victim.restart();
            Thread.sleep(bench.plan().afterRestart().toMillis());
            long stopped = System.nanoTime();
            loops.stop();
            List<Event.LoopEnded> ends = loops.awaitEnd();
            return figures(bench, ends, steady, killed, restarted, stopped);
        } finally {
            bench.cluster().heal();
        }
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
    }

    private static List<Measurement> figures(
            Bench bench, List<Event.LoopEnded> ends, long steady, long killed, long restarted, long stopped) {
        long[] granted = bench.grants().grants().stream()
                .mapToLong(GrantRecord::grantedNanos)
                .sorted()
                .toArray();
        // the first half of the down time is what unavailable_ms is about
        long settled = killed + (restarted - killed) / 2;
        long failures =
                ends.stream().mapToLong(end -> end.failures() + end.timeouts()).sum();
        return List.of(
                bench.figure(SCENARIO, "throughput_before", "locks/s", rate(granted, steady, killed), 1),
                bench.figure(SCENARIO, "throughput_after", "locks/s", rate(granted, settled, restarted), 1),
                bench.figure(SCENARIO, "unavailable_ms", "ms", longestGap(granted, killed, stopped) / 1e6, 1),
                bench.count(SCENARIO, "failed_attempts", failures, granted.length));
    }

    private static double rate(long[] granted, long from, long to) {
        long count = Arrays.stream(granted)
                .filter(nanos -> nanos >= from && nanos < to)
                .count();
        return count * 1e9 / (to - from);
    }

    /** The longest time between two grants that ended in the window; the end of the window ends a gap as well, if no grant does. */
    static long longestGap(long[] sortedGrants, long from, long to) {
        long longest = 0;
        long last = from;
        for (long grant : sortedGrants) {
            long next = Math.min(grant, to);
            if (next > from) {
                longest = Math.max(longest, next - last);
            }
            last = next;
        }
        return Math.max(longest, to - last);
    }
}
