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
    private static final Duration TTL = Duration.ofMillis(2_500);
    private static final Duration WAIT = Duration.ofSeconds(40);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration SETTLE = Duration.ofMillis(500);

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
        return Duration.ofSeconds(7).multipliedBy(plan.takeovers());
    }

    @Override
    public List<Measurement> run(Bench bench) throws Exception {
        SplittableRandom random = bench.random(SCENARIO);
        List<Double> takeovers = new ArrayList<>();
        for (int i = 0; i < bench.plan().takeovers(); i++) {
            takeovers.add(takeover(bench, SCENARIO + "/" + i, random));
        }
        double ttl = TTL.toMillis();
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
                        median / ttl,
                        new Interval(range.low() / ttl, range.high() / ttl),
                        n),
                bench.figure(SCENARIO, "ttl", "ms", ttl, n));
    }

    private static double takeover(Bench bench, String lock, SplittableRandom random) throws Exception {
        List<WorkerProcess> workers = bench.workers().workers(2);
        WorkerProcess holder = workers.get(0);
        WorkerProcess waiter = workers.get(1);
        long held = hold(holder, lock);
        holder.await(Event.Holding.class, held, ANSWER);
        long waiting = hold(waiter, lock);
        waiter.await(Event.Waiting.class, waiting, ANSWER);
        Thread.sleep(SETTLE.toMillis() + random.nextLong(TTL.toMillis() / 3));
        long killed = holder.kill();
        long granted = waiter.await(Event.Holding.class, waiting, ANSWER).grantedNanos();
        waiter.send(new Command.LetGo(waiting));
        waiter.await(Event.LetGone.class, waiting, ANSWER);
        return (granted - killed) / 1e6;
    }

    private static long hold(WorkerProcess worker, String lock) throws Exception {
        long task = Tasks.next();
        worker.send(new Command.Hold(task, lock, TTL.toMillis(), WAIT.toMillis()));
        return task;
    }
}
