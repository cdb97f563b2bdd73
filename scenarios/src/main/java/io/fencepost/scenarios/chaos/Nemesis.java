package io.fencepost.scenarios.chaos;

import io.fencepost.scenarios.chaos.fault.Fault;
import io.fencepost.scenarios.chaos.fault.Faults;
import io.fencepost.scenarios.chaos.fault.Lab;
import io.fencepost.scenarios.chaos.fault.UnprovedException;
import io.fencepost.scenarios.chaos.plan.FaultPlan;
import io.fencepost.scenarios.chaos.plan.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Does to a lab what a schedule says, undoes it, and records both. What fails is recorded and does not keep the rest from being done. For use by one thread. */
final class Nemesis {
    private final Lab lab;
    private final Recorder recorder;

    private record Active(FaultPlan plan, Fault fault, long id, long since, boolean begun) {}

    Nemesis(Lab lab, Recorder recorder) {
        this.lab = lab;
        this.recorder = recorder;
    }

    /** One step, and the peace after it. Everything is undone when this returns, also if it is interrupted. */
    void run(Step step) throws InterruptedException {
        long begin = System.nanoTime();
        Deque<Active> active = new ArrayDeque<>();
        try {
            for (FaultPlan plan : step.faults()) {
                sleepUntil(begin + Faults.after(plan).toNanos());
                active.push(start(plan));
            }
            sleepUntil(begin + step.lasting().toNanos());
        } finally {
            active.forEach(this::prove);
            // a worker that is replaced must find its servers
            active.stream().filter(fault -> !replacesAWorker(fault)).forEach(this::heal);
            active.stream().filter(Nemesis::replacesAWorker).forEach(this::heal);
        }
        sleep(step.rest());
    }

    private static boolean replacesAWorker(Active active) {
        return active.plan().name().equals("kill-worker");
    }

    static void sleep(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
    }

    private Active start(FaultPlan plan) throws InterruptedException {
        long id = recorder.faultBegins(plan.name(), plan.toString());
        Fault fault = Faults.of(plan, lab);
        try {
            fault.start();
            return new Active(plan, fault, id, System.nanoTime(), true);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            recorder.faultFailed(plan.name(), id, words(e));
            return new Active(plan, fault, id, System.nanoTime(), false);
        }
    }

    private void prove(Active active) {
        if (!active.begun()) {
            return;
        }
        String name = active.plan().name();
        String target = active.fault().target();
        try {
            recorder.faultProved(
                    name, active.id(), active.since(), target, active.fault().proof());
        } catch (UnprovedException | RuntimeException e) {
            recorder.faultUnproved(name, active.id(), active.since(), target, words(e));
        }
    }

    private void heal(Active active) {
        long id = recorder.healBegins(active.id());
        try {
            recorder.healed(id, active.id(), active.fault().heal());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            recorder.healFailed(id, active.id(), words(e));
        } catch (Exception e) {
            recorder.healFailed(id, active.id(), words(e));
        }
    }

    static String words(Throwable e) {
        return Objects.requireNonNullElse(e.getMessage(), e.toString());
    }
}
