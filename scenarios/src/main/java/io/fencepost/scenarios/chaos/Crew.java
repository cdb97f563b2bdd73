package io.fencepost.scenarios.chaos;

import io.fencepost.history.Op;
import io.fencepost.infra.Cluster;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.scenarios.chaos.plan.Workload;
import io.fencepost.scenarios.worker.Command;
import io.fencepost.scenarios.worker.Event;
import io.fencepost.scenarios.worker.EventSink;
import io.fencepost.scenarios.worker.WorkerException;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The worker processes of a run, each with links of its own to all servers. What they report is recorded as it arrives, by one thread a worker. They are killed when this
 * JVM ends, however it does. Thread-safe.
 */
public final class Crew implements AutoCloseable {
    private static final long TASK = 1;

    private final Variant variant;
    private final Cluster cluster;
    private final Recorder recorder;
    private final ProtectedStore store;
    private final List<Member> members = new ArrayList<>();
    private final Set<WorkerProcess> everStarted = ConcurrentHashMap.newKeySet();
    private final Map<Holding, String> holdings = new ConcurrentHashMap<>();
    private final Map<String, Long> lastGrants = new ConcurrentHashMap<>();
    private final Map<String, Long> lastGrantsOfWorkers = new ConcurrentHashMap<>();
    private final EventSink sink = this::take;
    private final Thread killer;
    private @Nullable BiPredicate<WorkerProcess, Event.Happened> watcher;
    private int started;

    /** A place in the crew: its links stay, its process may be replaced. */
    public static final class Member {
        private final int index;
        private final FaultyLinks links;
        private volatile WorkerProcess worker;
        private volatile boolean killed;

        private Member(int index, FaultyLinks links, WorkerProcess worker) {
            this.index = index;
            this.links = links;
            this.worker = worker;
        }

        /** From 0. */
        public int index() {
            return index;
        }

        /** Its ways to the servers, in their order. */
        public FaultyLinks links() {
            return links;
        }

        /** Its process. */
        public WorkerProcess worker() {
            return worker;
        }

        /** Whether its process was killed and not replaced yet. */
        public boolean killed() {
            return killed;
        }
    }

    private record Holding(String worker, long grant) {}

    Crew(Variant variant, Cluster cluster, Recorder recorder, ProtectedStore store) {
        this.variant = variant;
        this.cluster = cluster;
        this.recorder = recorder;
        this.store = store;
        // a worker exits by itself when we are gone; this only makes it quick
        killer = new Thread(this::killAll, "crew-killer");
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** Starts that many workers, all at once. */
    void hire(int count) throws WorkerException, InterruptedException {
        List<FaultyLinks> links = new ArrayList<>();
        List<FutureTask<WorkerProcess>> starts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FaultyLinks own = FaultyLinks.to(cluster.addresses());
            links.add(own);
            String name = "w" + (i + 1);
            FutureTask<WorkerProcess> start = new FutureTask<>(() -> start(name, own));
            starts.add(start);
            new Thread(start, "hire-" + name).start();
        }
        started = count;
        Exception failure = null;
        for (int i = 0; i < count; i++) {
            try {
                members.add(new Member(i, links.get(i), starts.get(i).get()));
            } catch (ExecutionException e) {
                links.get(i).close();
                failure = e;
            }
        }
        if (failure != null) {
            throw new WorkerException("not all workers came up: " + failure.getMessage(), failure);
        }
    }

    private WorkerProcess start(String name, FaultyLinks links) throws WorkerException, InterruptedException {
        WorkerProcess worker = WorkerProcess.start(name, uri(links), sink);
        everStarted.add(worker);
        recorder.workerStarted(worker.name());
        return worker;
    }

    private String uri(FaultyLinks links) {
        return variant.uri(
                cluster.addresses(),
                links.addresses(),
                cluster.spec().durability() == io.fencepost.infra.Durability.SAFE);
    }

    /** All of them, also those that were killed. */
    public List<Member> members() {
        return List.copyOf(members);
    }

    /** Those that were not killed. */
    public List<Member> alive() {
        return members.stream().filter(member -> !member.killed()).toList();
    }

    /** Lets all begin. */
    void work(Workload workload, List<String> locks, long seed) throws WorkerException {
        for (Member member : members) {
            member.worker().send(command(workload, locks, seed, member.index()));
        }
    }

    private static Command.Work command(Workload workload, List<String> locks, long seed, int index) {
        long interval = TimeUnit.SECONDS.toNanos(1) * workload.workers() * workload.threads() / workload.rate();
        return new Command.Work(
                TASK,
                locks,
                workload.threads(),
                Math.max(1, interval),
                workload.ttl().toMillis(),
                workload.hold().toMillis(),
                workload.longHolds(),
                workload.patience().toMillis(),
                workload.cancels(),
                workload.checkGap().toMillis(),
                seed * 1_000 + index);
    }

    /** Kills the process of a member with SIGKILL; what it had reported is recorded when this returns. */
    public void kill(Member member) throws InterruptedException {
        member.killed = true;
        long instant = member.worker().kill();
        recorder.workerKilled(member.worker().name(), instant);
        if (!member.worker().drain()) {
            recorder.exception(member.worker().name(), "its pipe did not end after SIGKILL");
        }
        holdings.keySet()
                .removeIf(holding -> holding.worker().equals(member.worker().name()));
    }

    /** Puts a new process in the place of one that was killed, and lets it work. */
    public void replace(Member member, Workload workload, List<String> locks, long seed)
            throws WorkerException, InterruptedException {
        started++;
        member.worker = start("w" + started, member.links());
        member.killed = false;
        member.worker().send(command(workload, locks, seed + started, member.index()));
    }

    /** A member that holds a lock now. */
    public Optional<Member> holder() {
        return holdings.keySet().stream()
                .flatMap(holding ->
                        alive().stream().filter(member -> member.worker().name().equals(holding.worker())))
                .findFirst();
    }

    /** Shows every report of a worker to {@code whom}, in the thread that reads it, until it says that it has seen enough. */
    public synchronized void watch(BiPredicate<WorkerProcess, Event.Happened> whom) {
        watcher = whom;
    }

    /** When each lock was granted last, on the machine's monotonic clock. */
    Map<String, Long> lastGrants() {
        return new HashMap<>(lastGrants);
    }

    /** Whether each worker that lives was granted a lock since then. */
    boolean allGrantedSince(long nanos) {
        return alive().stream()
                .allMatch(member ->
                        lastGrantsOfWorkers.getOrDefault(member.worker().name(), Long.MIN_VALUE) >= nanos);
    }

    /** Lets all end their work, and waits for that. */
    void rest(Duration limit) throws InterruptedException {
        for (Member member : alive()) {
            try {
                member.worker().send(new Command.Stop(TASK));
            } catch (WorkerException e) {
                recorder.exception(member.worker().name(), Objects.toString(e.getMessage(), ""));
            }
        }
        long deadline = System.nanoTime() + limit.toNanos();
        for (Member member : alive()) {
            try {
                member.worker()
                        .await(
                                Event.WorkEnded.class,
                                TASK,
                                Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            } catch (WorkerException e) {
                recorder.exception(member.worker().name(), Objects.toString(e.getMessage(), ""));
            }
        }
    }

    private boolean take(WorkerProcess worker, Event event) {
        if (event instanceof Event.StoreAsked asked) {
            Command.StoreAnswer answer = store.handle(worker.name(), asked);
            try {
                worker.send(answer);
            } catch (WorkerException e) {
                // it was killed after it had asked; nobody waits for the answer
                return true;
            }
            return true;
        }
        if (!(event instanceof Event.Happened happened)) {
            return false;
        }
        show(worker, happened);
        follow(worker.name(), happened);
        recorder.worker(worker.name(), happened);
        return true;
    }

    /** One report at a time, so that whoever has seen enough sees no more from another worker. */
    private synchronized void show(WorkerProcess worker, Event.Happened happened) {
        if (watcher != null && watcher.test(worker, happened)) {
            watcher = null;
        }
    }

    private void follow(String worker, Event.Happened happened) {
        if (happened.op().equals(Op.ACQUIRE) && happened.type().equals("ok")) {
            String lock = String.valueOf(happened.fields().get("lock"));
            holdings.put(new Holding(worker, happened.id()), lock);
            lastGrants.merge(lock, happened.nanos(), Math::max);
            lastGrantsOfWorkers.merge(worker, happened.nanos(), Math::max);
        } else if ((happened.op().equals(Op.RELEASE) && happened.type().equals("invoke"))
                || happened.op().equals(Op.LOST)) {
            Object grant = happened.fields().get("grant");
            if (grant instanceof Number number) {
                holdings.remove(new Holding(worker, number.longValue()));
            }
        }
    }

    private void killAll() {
        everStarted.forEach(WorkerProcess::killAtOnce);
    }

    /** Kills all processes and ends their links: what they had to report is reported. */
    @Override
    public void close() {
        killAll();
        members.forEach(member -> member.links().close());
        try {
            for (WorkerProcess worker : everStarted) {
                worker.kill();
                worker.drain();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // the JVM is ending: the hook is at work
        }
    }
}
