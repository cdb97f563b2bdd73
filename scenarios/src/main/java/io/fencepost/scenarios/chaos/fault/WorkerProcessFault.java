package io.fencepost.scenarios.chaos.fault;

import io.fencepost.infra.NodeState;
import io.fencepost.infra.StoppableProcess;
import io.fencepost.scenarios.chaos.Crew;
import io.fencepost.scenarios.worker.Event;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Something happens to the process of a worker: {@code kill-worker}, {@code pause-worker}. */
final class WorkerProcessFault implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(1);

    /** Which worker. */
    enum Which {
        /** One that holds a lock now. */
        HOLDER,
        /** One that has just seen that it holds a lock, and is about to write. */
        CHECKED,
        /** Any. */
        ANY;

        static final List<String> ALL = List.of("holder", "checked", "any");

        static Which of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    private final Lab lab;
    private final Which which;
    private final boolean kill;
    private Crew.@Nullable Member member;
    private @Nullable StoppableProcess process;
    private String seen = "";

    WorkerProcessFault(Lab lab, Which which, boolean kill) {
        this.lab = lab;
        this.which = which;
        this.kill = kill;
    }

    @Override
    public void start() throws Exception {
        Crew.Member victim = which == Which.CHECKED ? stopAtCheck() : victim();
        member = victim;
        String name = victim.worker().name();
        if (kill) {
            lab.crew().kill(victim);
            seen = name + ", process " + victim.worker().pid() + ", is gone";
        } else {
            StoppableProcess stopped = StoppableProcess.of(victim.worker().pid());
            process = stopped;
            stopped.pause();
            seen = name + ", process " + victim.worker().pid() + ", is " + stopped.state()
                    + (which == Which.CHECKED ? ", between its look at the lease and its write" : "");
        }
    }

    private Crew.Member victim() throws InterruptedException, UnprovedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            List<Crew.Member> alive = lab.crew().alive();
            Optional<Crew.Member> found = which == Which.HOLDER || alive.isEmpty()
                    ? lab.crew().holder()
                    : Optional.of(alive.get(lab.random().nextInt(alive.size())));
            if (found.isPresent()) {
                return found.get();
            }
            Thread.sleep(LOOK.toMillis());
        }
        throw new UnprovedException("no worker held a lock within " + PATIENCE.toSeconds() + " s");
    }

    /** The signal is sent by the thread that reads the report: a write would be the next that it reads. */
    private Crew.Member stopAtCheck() throws Exception {
        CompletableFuture<WorkerProcess> caught = new CompletableFuture<>();
        lab.crew().watch((worker, happened) -> {
            if (!isCheck(happened)) {
                return false;
            }
            StoppableProcess.of(worker.pid()).pause();
            caught.complete(worker);
            return true;
        });
        try {
            WorkerProcess worker = caught.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return lab.crew().members().stream()
                    .filter(candidate -> candidate.worker() == worker)
                    .findFirst()
                    .orElseThrow();
        } catch (TimeoutException e) {
            lab.crew().watch((worker, happened) -> true);
            throw new UnprovedException("no worker looked at its lease within " + PATIENCE.toSeconds()
                    + " s; is the workload's check-gap zero?");
        }
    }

    private static boolean isCheck(Event.Happened happened) {
        return happened.op().equals("checked");
    }

    @Override
    public String target() {
        return member == null ? "nobody" : member.worker().name();
    }

    @Override
    public String proof() throws UnprovedException {
        if (kill
                ? member == null || member.worker().isAlive()
                : process == null || process.state() != NodeState.PAUSED) {
            throw new UnprovedException("after the fault: " + seen + ", but not until it was undone");
        }
        return seen;
    }

    @Override
    public String heal() throws Exception {
        if (kill && member != null) {
            lab.crew().replace(member, lab.workload(), lab.locks(), lab.seed());
            return member.worker().name() + ", process " + member.worker().pid() + ", is in its place";
        }
        if (process != null && process.state() == NodeState.PAUSED) {
            process.resume();
        }
        return process == null ? "there was nobody" : "it is " + process.state();
    }
}
