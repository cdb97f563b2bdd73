package io.fencepost.scenarios.run;

import io.fencepost.scenarios.check.GrantRecord;
import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.stats.Fairness;
import io.fencepost.scenarios.stats.Interval;
import io.fencepost.scenarios.stats.Latencies;
import io.fencepost.scenarios.worker.Event;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Threads of two processes that want one lock, hold it for no time, and want it again at once. */
final class ContentionScenario implements Scenario {
    private static final int PROCESSES = 2;
    private static final Duration TTL = Duration.ofSeconds(5);

    private final String level;
    private final int threads;

    /** @param threads in all processes together */
    ContentionScenario(String level, int threads) {
        this.level = level;
        this.threads = threads;
    }

    @Override
    public String id() {
        return "contention-" + level;
    }

    @Override
    public boolean chaos() {
        return false;
    }

    @Override
    public Duration estimate(Profile.Plan plan) {
        return plan.contentionWarmUp()
                .plus(plan.contention().multipliedBy(plan.contentionRepeats()))
                .plusSeconds(2);
    }

    @Override
    public List<Measurement> run(Bench bench) throws Exception {
        List<WorkerProcess> workers = bench.workers().workers(PROCESSES);
        var random = bench.random(id());
        List<String> lock = List.of(id());
        // no call gives up before the loop ends: a call that did would hide how long it really took
        Duration wait = bench.plan().contention();
        Loops.start(workers, lock, threads / PROCESSES, TTL, wait, bench.plan().contentionWarmUp(), random)
                .awaitEnd();

        List<Loops> repeats = new ArrayList<>();
        Map<String, Long> shares = new HashMap<>();
        long failures = 0;
        for (int i = 0; i < bench.plan().contentionRepeats(); i++) {
            Loops loops = Loops.start(
                    workers, lock, threads / PROCESSES, TTL, wait, bench.plan().contention(), random);
            repeats.add(loops);
            List<Event.LoopEnded> ends = loops.awaitEnd();
            for (int w = 0; w < PROCESSES; w++) {
                failures += ends.get(w).failures();
                List<Long> byThread = ends.get(w).grantsByThread();
                for (int t = 0; t < byThread.size(); t++) {
                    shares.merge(workers.get(w).name() + "/" + t, byThread.get(t), Long::sum);
                }
            }
        }
        return figures(bench, repeats, shares, failures);
    }

    private List<Measurement> figures(Bench bench, List<Loops> repeats, Map<String, Long> shares, long failures) {
        List<Latencies> latencies = new ArrayList<>();
        List<Double> throughputs = new ArrayList<>();
        long grants = 0;
        for (Loops repeat : repeats) {
            Latencies acquire = new Latencies();
            for (GrantRecord grant : bench.grants().grants()) {
                if (grant.calledNanos() >= repeat.startNanos() && grant.grantedNanos() <= repeat.stopNanos()) {
                    acquire.record(grant.latencyNanos());
                }
            }
            latencies.add(acquire);
            throughputs.add(acquire.count() * 1e9 / (repeat.stopNanos() - repeat.startNanos()));
            grants += acquire.count();
        }
        List<Measurement> figures = new ArrayList<>(
                Percentiles.of(bench, id(), "acquire", TimeUnit.MILLISECONDS, latencies, Percentiles::rangeOverParts));
        double throughput =
                throughputs.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        figures.add(
                bench.figure(id(), "throughput", "locks/s", throughput, Interval.range(throughputs), repeats.size()));
        figures.add(bench.figure(id(), "jain_index", "1", Fairness.jain(shares.values()), shares.size()));
        figures.add(bench.count(id(), "grants", grants, repeats.size()));
        figures.add(bench.count(id(), "failed_attempts", failures, repeats.size()));
        return figures;
    }
}
