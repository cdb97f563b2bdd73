package io.fencepost.scheduler.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.scheduler.api.ApiOptions;
import io.fencepost.scheduler.api.ApiServer;
import io.fencepost.scheduler.dispatch.Dispatch;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.MisfirePolicy;
import io.fencepost.scheduler.job.RetryPolicy;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStores;
import io.fencepost.scheduler.worker.JobContext;
import io.fencepost.scheduler.worker.JobHandler;
import io.fencepost.scheduler.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler of one API and two workers in this process, over SQLite and {@code memory:}, that has the troubles of a year in some seconds: jobs that succeed, fail and die, leases that are taken away, and
 * work that does not stop when it is told to, so that its late write has to be refused. Each of the three shows its meters over HTTP as a process of its own would.
 */
final class LiveScheduler implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration TTL = Duration.ofMillis(600);
    private static final Duration WATCH = Duration.ofMillis(500);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Integer> workerPorts = new ArrayList<>();
    private final JobStore file;
    private final JobStore store;
    private final ApiServer api;
    private final LockClient admin;
    private long number;

    private LiveScheduler(Path folder) {
        file = opened(JobStores.open("sqlite:" + folder.resolve("jobs.db")));
        String locksUri = "memory:" + folder.getFileName();
        SchedulerMetrics metrics = opened(new SchedulerMetrics());
        store = metrics.timed(file);
        metrics.watch(store, WATCH);
        api = opened(ApiServer.start(ApiOptions.DEFAULT, store, metrics::scrape));
        admin = opened(LockClients.open(locksUri));
        startWorker("w1", locksUri);
        startWorker("w2", locksUri);
    }

    /** Starts all of it, and lets jobs and troubles come until it is closed. */
    static LiveScheduler start(Path folder) {
        LiveScheduler scheduler = new LiveScheduler(folder);
        ScheduledExecutorService troubles = Executors.newScheduledThreadPool(2);
        scheduler.open.push(() -> stop(troubles));
        troubles.scheduleWithFixedDelay(scheduler::submit, 0, 200, TimeUnit.MILLISECONDS);
        troubles.scheduleWithFixedDelay(scheduler::takeALeaseAway, 1000, 700, TimeUnit.MILLISECONDS);
        troubles.scheduleWithFixedDelay(System::gc, 500, 1500, TimeUnit.MILLISECONDS);
        return scheduler;
    }

    int apiPort() {
        return api.port();
    }

    List<Integer> workerPorts() {
        return List.copyOf(workerPorts);
    }

    private void startWorker(String name, String locksUri) {
        SchedulerMetrics metrics = opened(new SchedulerMetrics());
        LockClient locks = opened(LockClients.builder(locksUri)
                .observer(metrics.lockObserver("memory"))
                .open());
        JobStore own = metrics.timed(file);
        metrics.watch(own, WATCH);
        Worker worker = opened(Worker.builder(own, locks)
                .name(name)
                .slots(6)
                .ttl(TTL)
                .poll(Duration.ofMillis(100))
                .dispatch(Dispatch.LEADER)
                .handlers(List.of(new Stubborn()))
                .observer(metrics.workerObserver())
                .start());
        metrics.watch(worker::report);
        workerPorts.add(opened(MetricsServer.start(LOOPBACK, 0, metrics::scrape, () -> true))
                .port());
    }

    private void submit() {
        number++;
        List<Job> jobs = new ArrayList<>();
        jobs.add(job("noop-" + number, "noop", "", 3));
        jobs.add(job("fail-" + number, "fail", "on purpose", 1 + (int) (number % 2)));
        if (number % 3 == 0) {
            jobs.add(job("long-" + number, "sleep", "1500", 9));
        }
        if (number % 20 == 1) {
            jobs.add(job("stubborn-" + number, "stubborn", "", 9));
        }
        store.submit(jobs);
    }

    private static Job job(String id, String handler, String payload, int attempts) {
        JobSpec spec = new JobSpec(
                new JobId(id),
                "default",
                5,
                new Work.HandlerCall(handler),
                payload.getBytes(UTF_8),
                new Schedule.After(Duration.ZERO),
                new RetryPolicy(attempts, Duration.ofMillis(50), Duration.ofMillis(50)),
                Optional.empty(),
                MisfirePolicy.RUN_ONCE);
        Instant now = Instant.now();
        return Job.submitted(spec, now, now);
    }

    private void takeALeaseAway() {
        try {
            for (long n = number; n > number - 20; n--) {
                for (String id : List.of("stubborn-" + n, "long-" + n)) {
                    if (admin.inspect("job/" + id).isPresent()) {
                        admin.forceRelease("job/" + id);
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T extends AutoCloseable> T opened(T what) {
        open.push(what);
        return what;
    }

    private static void stop(ScheduledExecutorService executor) throws InterruptedException {
        executor.shutdownNow();
        if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the troubles do not end");
        }
    }

    /** Stops everything, the last first. */
    @Override
    public void close() {
        Exception first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw new IllegalStateException("not all of the scheduler could be stopped", first);
        }
    }

    /** In its first try, goes on for some ttl whatever it is told. */
    private static final class Stubborn implements JobHandler {
        @Override
        public String name() {
            return "stubborn";
        }

        @Override
        public void handle(JobContext context) {
            if (context.job().attempt() > 1) {
                return;
            }
            long until = System.nanoTime() + TTL.multipliedBy(5).toNanos();
            while (System.nanoTime() - until < 0) {
                try {
                    TimeUnit.NANOSECONDS.sleep(until - System.nanoTime());
                } catch (InterruptedException e) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
