package io.fencepost.scenarios.run;

import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.stats.Bootstrap;
import io.fencepost.scenarios.stats.Latencies;
import io.fencepost.scenarios.worker.Command;
import io.fencepost.scenarios.worker.Event;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Two processes pass one lock to and fro: from the invocation of the release in one to the return of the waiting call in the other. */
final class HandoffScenario implements Scenario {
    private static final String SCENARIO = "handoff";
    private static final Duration TTL = Duration.ofSeconds(5);
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(40);
    /** A waiter settles into its longest pause between two tries before the release comes. */
    private static final int SETTLE_MILLIS = 100;

    private static final int SPREAD_MILLIS = 200;

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
        return Duration.ofMillis(300L * plan.handoffs()).plusSeconds(1);
    }

    @Override
    public List<Measurement> run(Bench bench) throws Exception {
        List<WorkerProcess> workers = bench.workers().workers(2);
        SplittableRandom random = bench.random(SCENARIO);
        List<Latencies> handoffs = new ArrayList<>();
        WorkerProcess holder = workers.get(0);
        WorkerProcess waiter = workers.get(1);
        long held = hold(holder);
        holder.await(Event.Holding.class, held, ANSWER);
        for (int i = 0; i < bench.plan().handoffs(); i++) {
            long waiting = hold(waiter);
            waiter.await(Event.Waiting.class, waiting, ANSWER);
            Thread.sleep(SETTLE_MILLIS + random.nextInt(SPREAD_MILLIS));
            holder.send(new Command.LetGo(held));
            long released = holder.await(Event.LetGone.class, held, ANSWER).releasedNanos();
            long granted = waiter.await(Event.Holding.class, waiting, ANSWER).grantedNanos();
            Latencies one = new Latencies();
            one.record(granted - released);
            handoffs.add(one);
            WorkerProcess former = holder;
            holder = waiter;
            waiter = former;
            held = waiting;
        }
        holder.send(new Command.LetGo(held));
        holder.await(Event.LetGone.class, held, ANSWER);
        return Percentiles.of(
                bench,
                SCENARIO,
                "handoff",
                TimeUnit.MILLISECONDS,
                handoffs,
                (parts, figure) -> Bootstrap.interval(parts, figure, random));
    }

    private static long hold(WorkerProcess worker) throws Exception {
        long task = Tasks.next();
        worker.send(new Command.Hold(task, SCENARIO, TTL.toMillis(), WAIT.toMillis()));
        return task;
    }
}
