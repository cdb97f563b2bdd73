package io.fencepost.scheduler.worker;

import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.scheduler.dispatch.Dispatch;
import io.fencepost.scheduler.dispatch.LeaderDispatch;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.StoreException;
import io.fencepost.scheduler.store.WorkerReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs due jobs, several at once, each under the lock {@code job/<id>}.
 *
 * <p>A try goes: take the lock; {@linkplain JobStore#begin begin} in the store with the lease's token; do the work while the lease is renewed by itself; {@linkplain JobStore#end end} in the store with the same
 * token; release. The work is aborted (its thread is interrupted, its request cancelled, its process ended) when the lease is suspect or lost, the job was cancelled, its deadline comes, or the worker is
 * stopped. So:
 *
 * <ul>
 *   <li>At most one completion of a try is accepted, because the store refuses older tokens; whatever pauses, partitions or clocks do.
 *   <li>Work may be begun again that was begun before: by a worker that died, was paused beyond its lease, or could not tell the store. What it writes elsewhere should carry the token.
 *   <li>What the store has accepted is run as long as one worker lives: a job whose worker is silent is taken over when its lock is free, a ttl later at most, and a poll.
 * </ul>
 *
 * <p>An error of the work is the job's failure. One of the worker's own threads ends the worker, which then takes no more jobs and tells so: {@link #failure}, {@link WorkerObserver#failed}.
 *
 * <p>Needs wall clocks that agree roughly between workers and whoever submits: they decide when jobs are due, nothing else.
 *
 * <p>Thread-safe. The store and the lock client stay the caller's, to be closed after the worker.
 */
public final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    /** How long {@link #close} and the end of {@link #drain} wait for what was aborted. */
    private static final Duration TO_STOP = Duration.ofSeconds(5);

    private static final Duration REPORT_EVERY = Duration.ofSeconds(1);
    private static final Duration GOODBYE = Duration.ofMillis(1);

    /** What runs for longer is looked up at every report: short jobs need not be. */
    private static final Duration LOOK_AFTER = Duration.ofMillis(500);

    private final WorkerContext context;
    private final Dispatch dispatch;
    private final int slots;
    private final Instant started;
    private final Surroundings surroundings;
    private final @Nullable LeaderDispatch leader;

    private final Thread poller;
    private final Thread reporter;
    private final CountDownLatch slotsOpen;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    private Worker(Builder builder) {
        String name = builder.name;
        slots = builder.slots;
        dispatch = builder.dispatch;
        started = builder.clock.instant();
        surroundings = new Surroundings();
        Random random = new Random();
        Chooser chooser = dispatch == Dispatch.LEADER ? Chooser.asGiven() : Chooser.fair(surroundings, random);
        LockOptions lockOptions = LockOptions.ttl(builder.ttl).withMetadata(Map.of("worker", name));
        List<JobHandler> handlers = new ArrayList<>(BuiltInHandlers.all());
        handlers.addAll(builder.handlersOrLoaded());
        context = new WorkerContext(
                name,
                builder.store,
                builder.locks,
                lockOptions,
                builder.clock,
                new Performers(builder.httpTimeout, builder.httpHosts, builder.commands, handlers),
                WorkerObserver.all(builder.observer),
                new Intake(slots, builder.poll, chooser, random));
        leader = dispatch == Dispatch.LEADER
                ? new LeaderDispatch(
                        builder.store,
                        builder.locks,
                        lockOptions,
                        builder.poll,
                        builder.clock,
                        context.observer()::leading,
                        fault -> context.fail("its part in the leadership failed", fault))
                : null;
        slotsOpen = new CountDownLatch(slots);
        poller = threads("poller-" + name).newThread(this::poll);
        reporter = threads("reporter-" + name).newThread(this::reportOnAndOn);
    }

    /** Prepares a worker. */
    public static Builder builder(JobStore store, LockClient locks) {
        return new Builder(store, locks);
    }

    private Worker begin() {
        // so that a ttl that the provider cannot do is refused now, not with the first job
        String checked = context.lockOf(new JobId("none")).name();
        log.info(
                "worker {} begins: {} slots, ttl {}, {}, locks '{}' and so on",
                name(),
                slots,
                context.ttl(),
                dispatch,
                checked);
        int slot = 0;
        try {
            reporter.start();
            poller.start();
            ThreadFactory factory = threads("slot-" + name());
            for (; slot < slots; slot++) {
                factory.newThread(this::serve).start();
            }
            if (leader != null) {
                leader.start();
            }
        } catch (RuntimeException | Error e) {
            // those that were not started need not be waited for
            for (; slot < slots; slot++) {
                slotsOpen.countDown();
            }
            try {
                close();
            } catch (RuntimeException | Error more) {
                e.addSuppressed(more);
            }
            throw e;
        }
        return this;
    }

    /** Its name, which the store's histories show. */
    public String name() {
        return context.name();
    }

    /** Where it stands now. */
    public WorkerReport report() {
        return new WorkerReport(
                name(),
                started,
                context.now(),
                slots,
                Math.min(slots, context.runningCount()),
                draining.get() || context.failure().isPresent());
    }

    /** Why it takes no more jobs though nobody asked it to stop, as {@link WorkerObserver#failed} was told. It reports itself as draining then. Empty while it is well. */
    public Optional<Throwable> failure() {
        return context.failure();
    }

    // ---- threads

    static ThreadFactory threads(String what) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "fencepost-" + what + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** One slot: one job after the other. */
    private void serve() {
        try {
            while (true) {
                DueJob job;
                try {
                    job = context.intake().take();
                } catch (InterruptedException e) {
                    // a late one, of a handler's making
                    continue;
                }
                if (job == null) {
                    return;
                }
                new Attempt(context, job).run();
            }
        } catch (RuntimeException | Error e) {
            context.fail("a slot of it failed", e);
        } finally {
            slotsOpen.countDown();
        }
    }

    private void poll() {
        Intake intake = context.intake();
        try {
            lookFirst();
            for (int wanted = intake.awaitNeed(); wanted > 0; wanted = intake.awaitNeed()) {
                try {
                    long asked = System.nanoTime();
                    List<DueJob> polled = ask(wanted, intake.known());
                    context.observer().polled(polled.size(), Duration.ofNanos(System.nanoTime() - asked));
                    intake.answered(Intake.Side.STORE);
                    intake.offer(polled);
                } catch (StoreException e) {
                    log.warn("worker {}: the store could not be polled", name(), e);
                    intake.trouble(Intake.Side.STORE);
                } catch (RuntimeException e) {
                    log.error("worker {}: polling failed, and goes on", name(), e);
                    intake.trouble(Intake.Side.STORE);
                }
            }
        } catch (InterruptedException e) {
            context.fail("somebody interrupted its poller", e);
        } catch (RuntimeException | Error e) {
            context.fail("its poller failed", e);
        }
    }

    /** So that the first jobs are chosen by weights. */
    private void lookFirst() {
        try {
            surroundings.look(context.store(), context.now());
        } catch (RuntimeException e) {
            log.warn("worker {}: the store did not tell who else works", name(), e);
        }
    }

    private List<DueJob> ask(int wanted, int known) {
        if (dispatch == Dispatch.LEADER) {
            return context.store().assigned(name(), wanted + known);
        }
        Instant now = context.now();
        // more than all workers together want, so that their choices seldom meet
        int others = surroundings.workers() - 1;
        return context.store().due(now, now.minus(context.ttl()), wanted * (1 + 2 * others) + known);
    }

    /** Tells the store that this worker is there, and looks whether what it runs is still its own. */
    private void reportOnAndOn() {
        Duration every = min(REPORT_EVERY, context.ttl().dividedBy(3));
        try {
            do {
                try {
                    context.store().report(report(), every.multipliedBy(3).plus(REPORT_EVERY));
                    surroundings.look(context.store(), context.now());
                    lookAtRunning();
                } catch (StoreException e) {
                    log.warn("worker {}: the store did not take its report", name(), e);
                } catch (RuntimeException e) {
                    log.error("worker {}: reporting failed, and goes on", name(), e);
                }
            } while (!context.awaitEnd(every));
        } catch (RuntimeException | Error e) {
            context.fail("its reporter failed", e);
            return;
        }
        try {
            context.store().report(report(), GOODBYE);
        } catch (RuntimeException e) {
            log.debug("worker {}: the store did not take its goodbye", name(), e);
        }
    }

    private void lookAtRunning() {
        for (Execution execution : context.running()) {
            if (execution.age().compareTo(LOOK_AFTER) > 0 && !execution.isAborted()) {
                Optional<Job> job = context.store().find(execution.job().id());
                job.flatMap(found -> reasonToAbort(found, execution))
                        .ifPresent(cause -> context.abort(execution, cause));
            }
        }
    }

    private static Optional<AbortCause> reasonToAbort(Job found, Execution execution) {
        if (found.fence().filter(execution.token()::isStaleAfter).isPresent()) {
            return Optional.of(AbortCause.TAKEN_OVER);
        }
        // that of a job that was cancelled, and perhaps asked for again since
        return found.state() == JobState.RUNNING ? Optional.empty() : Optional.of(AbortCause.CANCELLED);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** What polls see of the others; a second old at most, if the store answers. */
    private static final class Surroundings implements Chooser.Surroundings {
        private volatile int workers = 1;
        private volatile Map<String, Integer> weights = Map.of();

        void look(JobStore store, Instant now) {
            workers = Math.max(1, store.workers(now).size());
            weights = store.weights();
        }

        @Override
        public int workers() {
            return workers;
        }

        @Override
        public Map<String, Integer> weights() {
            return weights;
        }
    }

    // ---- the end

    /**
     * Takes no more jobs, and waits for those that it runs. What has not ended within the limit is aborted and given back, so that others may begin it at once. Takes at most the limit and some 10 s. The
     * worker stays there, without work, until it is closed; what the caller then closes besides is its own affair.
     *
     * @param limit not negative
     * @return whether nothing had to be aborted
     * @throws InterruptedException if interrupted while waiting; nothing more is taken all the same
     */
    public boolean drain(Duration limit) throws InterruptedException {
        if (draining.compareAndSet(false, true)) {
            log.info("worker {} takes no more jobs, and runs {}", name(), context.runningCount());
        }
        context.intake().close();
        context.tellNow();
        if (leader != null) {
            leader.close();
        }
        boolean all = slotsOpen.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (!all) {
            context.stopAll();
            if (!slotsOpen.await(TO_STOP.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("worker {}: {} jobs do not stop", name(), slotsOpen.getCount());
            }
        }
        context.awaitReleases(TO_STOP);
        return all;
    }

    /**
     * Takes no more jobs, aborts those that it runs and gives them back, and ends all threads. Work that does not stop within some 5 s is left behind on its thread, and keeps its lock until the lock client is
     * closed; what it says later is recorded if nobody has taken over. Idempotent.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        boolean interrupted = false;
        try {
            boolean all = drain(Duration.ZERO);
            log.debug("worker {} was idle: {}", name(), all);
        } catch (InterruptedException e) {
            interrupted = true;
            context.stopAll();
        }
        context.giveUp();
        try {
            poller.join(TO_STOP.toMillis());
            reporter.join(TO_STOP.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "worker " + name();
    }

    /** What a worker is started with. Not thread-safe. */
    public static final class Builder {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
        private static final int MOST_SLOTS = 1000;

        private final JobStore store;
        private final LockClient locks;
        private String name = defaultName();
        private int slots = 8;
        private Duration ttl = Duration.ofSeconds(10);
        private Duration poll = Duration.ofMillis(250);
        private Dispatch dispatch = Dispatch.LEADERLESS;
        private @Nullable List<JobHandler> handlers;
        private boolean commands;
        private Duration httpTimeout = Duration.ofSeconds(30);
        private HttpHosts httpHosts = HttpHosts.BUT_LINK_LOCAL;
        private WorkerObserver observer = WorkerObserver.NONE;
        private Clock clock = Clock.systemUTC();

        private Builder(JobStore store, LockClient locks) {
            this.store = Objects.requireNonNull(store, "store");
            this.locks = Objects.requireNonNull(locks, "locks");
        }

        private static String defaultName() {
            long pid = ProcessHandle.current().pid();
            return "worker-" + pid + "-" + Integer.toHexString(new Random().nextInt(0x10000));
        }

        /** Unique among the workers of a store: 1 to 64 letters, digits, dots, underscores and hyphens. Default: from the process id and a random part. */
        public Builder name(String value) {
            require(
                    NAME.matcher(value).matches(),
                    "a worker's name is 1 to 64 letters, digits, '.', '_' and '-'",
                    value);
            name = value;
            return this;
        }

        /** How many jobs run at once, each on a thread: 1 to 1000. Default: 8. */
        public Builder slots(int value) {
            require(value >= 1 && value <= MOST_SLOTS, "slots are 1 to " + MOST_SLOTS, value);
            slots = value;
            return this;
        }

        /**
         * Of a job's lock, and of the leadership's: for about as long a dead worker's jobs wait. It is renewed at every third; a pause of the process beyond it costs the try. At least 100 ms, and within the
         * provider's range. Default: 10 s.
         */
        public Builder ttl(Duration value) {
            require(value.compareTo(Duration.ofMillis(100)) >= 0, "a worker's ttl is at least 100 ms", value);
            ttl = value;
            return this;
        }

        /** The longest pause between two polls of an idle worker, and so how late a job begins at the most while slots are free: 5 ms to 1 minute. Default: 250 ms. */
        public Builder poll(Duration value) {
            require(
                    value.compareTo(Duration.ofMillis(5)) >= 0 && value.compareTo(Duration.ofMinutes(1)) <= 0,
                    "the pause between polls is 5 ms to 1 minute",
                    value);
            poll = value;
            return this;
        }

        /** Who decides what this worker runs. Default: {@link Dispatch#LEADERLESS}. */
        public Builder dispatch(Dispatch value) {
            dispatch = Objects.requireNonNull(value, "dispatch");
            return this;
        }

        /** Default: those that {@link ServiceLoader} finds. The built-in {@code noop}, {@code log}, {@code sleep} and {@code fail} are there in any case. */
        public Builder handlers(List<JobHandler> value) {
            handlers = List.copyOf(value);
            return this;
        }

        /** Whether {@link io.fencepost.scheduler.job.Work.Command} is run; a try of one fails otherwise. Who may submit jobs then runs programs as this process's user. Default: no. */
        public Builder allowCommands(boolean value) {
            commands = value;
            return this;
        }

        /** For how long a whole answer to {@link io.fencepost.scheduler.job.Work.HttpCall} is waited for; positive. Default: 30 s. */
        public Builder httpTimeout(Duration value) {
            require(!value.isNegative() && !value.isZero(), "the timeout of HTTP calls is positive", value);
            httpTimeout = value;
            return this;
        }

        /** Whom {@link io.fencepost.scheduler.job.Work.HttpCall} may call; a try of another call fails, and is not made again. Default: {@link HttpHosts#BUT_LINK_LOCAL}. */
        public Builder httpHosts(HttpHosts value) {
            httpHosts = Objects.requireNonNull(value, "httpHosts");
            return this;
        }

        /** Who is told what the worker does. Default: nobody. */
        public Builder observer(WorkerObserver value) {
            observer = Objects.requireNonNull(value, "observer");
            return this;
        }

        /** The wall clock that says what is due, and that histories show. Default: the system's. */
        public Builder clock(Clock value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        private static void require(boolean right, String rule, Object value) {
            if (!right) {
                throw new IllegalArgumentException(rule + ", not '" + value + "'");
            }
        }

        private List<JobHandler> handlersOrLoaded() {
            if (handlers != null) {
                return handlers;
            }
            List<JobHandler> loaded = new ArrayList<>();
            ServiceLoader.load(JobHandler.class).forEach(loaded::add);
            return loaded;
        }

        /**
         * Starts the worker. Asks neither the store nor the lock service before it returns.
         *
         * @throws IllegalArgumentException if the provider cannot do the ttl, or two handlers have one name
         * @throws io.fencepost.lock.LockClosedException if the lock client is closed; as after any fault, nothing of the worker is left
         */
        public Worker start() {
            return new Worker(this).begin();
        }
    }
}
