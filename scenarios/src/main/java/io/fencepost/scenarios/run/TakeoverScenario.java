package io.fencepost.scenarios.run;

import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.stats.Interval;
import io.fencepost.scenarios.worker.Command;
import io.fencepost.scenarios.worker.Event;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A process that holds a lock, renewed automatically, is killed with SIGKILL while another waits: from the kill to the grant. The kill comes at a random point of
 * the renewal's period.
 */
final class TakeoverScenario implements Scenario {
    private static final String SCENARIO = "takeover";
    static final Duration TTL = Duration.ofMillis(2_500);
    private static final Duration SLACK = Duration.ofSeconds(30);
    private static final Duration SETTLE = Duration.ofMillis(500);

    private final Duration ttl;

    /** @param ttl of the lease that has to end */
    TakeoverScenario(Duration ttl) {
        this.ttl = ttl;
    }

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
        return Duration.ofSeconds(4).plus(ttl).multipliedBy(plan.takeovers());
    }

    @Override
    public List<Measurement> run(Bench bench) throws Exception {
        SplittableRandom random = bench.random(SCENARIO);
        List<Double> takeovers = new ArrayList<>();
        for (int i = 0; i < bench.plan().takeovers(); i++) {
            takeovers.add(takeover(bench, SCENARIO + "/" + i, random));
        }
        double ttlMillis = ttl.toMillis();
        double median = Interval.median(takeovers);
        Interval range = Interval.range(takeovers);
        int n = takeovers.size();
        return List.of(
                bench.figure(SCENARIO, "takeover_p50", "ms", median, range, n),
                bench.figure(SCENARIO, "takeover_max", "ms", range.high(), n),
                bench.figure(
                        SCENARIO,
                        "takeover_in_ttl",
                        "ratio",
                        median / ttlMillis,
                        new Interval(range.low() / ttlMillis, range.high() / ttlMillis),
                        n),
                bench.figure(SCENARIO, "ttl", "ms", ttlMillis, n));
    }

    private double takeover(Bench bench, String lock, SplittableRandom random) throws Exception {
        List<WorkerProcess> workers = bench.workers().workers(2);
        WorkerProcess holder = workers.get(0);
        WorkerProcess waiter = workers.get(1);
        Duration answer = ttl.multipliedBy(2).plus(SLACK);
        long held = hold(holder, lock);
        holder.await(Event.Holding.class, held, answer);
        long waiting = hold(waiter, lock);
        waiter.await(Event.Waiting.class, waiting, answer);
        Thread.sleep(SETTLE.toMillis() + random.nextLong(ttl.toMillis() / 3));
        long killed = holder.kill();
        long granted = waiter.await(Event.Holding.class, waiting, answer).grantedNanos();
        waiter.send(new Command.LetGo(waiting));
        waiter.await(Event.LetGone.class, waiting, answer);
        return (granted - killed) / 1e6;
    }

    private long hold(WorkerProcess worker, String lock) throws Exception {
        long task = Tasks.next();
        worker.send(new Command.Hold(
                task, lock, ttl.toMillis(), ttl.multipliedBy(2).plus(SLACK).toMillis()));
        return task;
    }
}
