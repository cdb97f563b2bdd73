package io.fencepost.scenarios.worker;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Threads that acquire and release; see {@link Command.Loop}. */
final class LoopTask {
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(10);

    private final Command.Loop command;
    private final List<DistributedLock> locks;
    private final Reporter reporter;
    private final EventWriter events;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch running;
    private final AtomicLong timeouts = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLongArray grants;
    private volatile String lastFailure = "";

    LoopTask(Command.Loop command, LockClient client, Reporter reporter, EventWriter events) {
        this.command = command;
        this.reporter = reporter;
        this.events = events;
        LockOptions options = LockOptions.ttl(Duration.ofMillis(command.ttlMillis()));
        this.locks =
                command.locks().stream().map(name -> client.lock(name, options)).toList();
        this.running = new CountDownLatch(command.threads());
        this.grants = new AtomicLongArray(command.threads());
    }

    void start() {
        SplittableRandom seeds = new SplittableRandom(command.seed());
        for (int i = 0; i < command.threads(); i++) {
            int number = i;
            SplittableRandom random = seeds.split();
            daemon("worker-loop-" + number, () -> runThread(number, random));
        }
        daemon("worker-loop-end", this::reportEnd);
    }

    void stop() {
        stop.countDown();
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void runThread(int number, SplittableRandom random) {
        try {
            if (stop.await(command.startNanos() - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return;
            }
            while (stop.getCount() > 0 && System.nanoTime() < command.stopNanos()) {
                cycle(number, locks.get(random.nextInt(locks.size())));
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            // a worker that is being closed stops its loops first; anything else is nothing that a lock may do
            if (stop.getCount() > 0) {
                events.writeNow(new Event.TaskFailed(command.task(), "a thread of the loop ended with " + e));
            }
        } finally {
            running.countDown();
        }
    }

    private void cycle(int number, DistributedLock lock) throws InterruptedException {
        long called = System.nanoTime();
        Duration wait = Duration.ofNanos(Math.max(
                0, Math.min(TimeUnit.MILLISECONDS.toNanos(command.waitMillis()), command.stopNanos() - called)));
        Optional<Lease> lease;
        try {
            lease = lock.tryAcquire(wait);
        } catch (LockUnavailableException | OutcomeUnknownException e) {
            failed(e);
            // a backend that is down refuses at once: without a pause the loop would only burn the processor
            var unused = stop.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
            return;
        }
        if (lease.isEmpty()) {
            timeouts.incrementAndGet();
            return;
        }
        long granted = System.nanoTime();
        grants.incrementAndGet(number);
        long grant = reporter.granted(number, lease.get(), called, granted, Validity.untilNanos(lease.get()));
        reporter.release(grant, lease.get());
    }

    private void failed(RuntimeException e) {
        failures.incrementAndGet();
        lastFailure = e.toString();
    }

    private void reportEnd() {
        try {
            running.await();
        } catch (InterruptedException e) {
            return;
        }
        List<Long> byThread = new ArrayList<>();
        for (int i = 0; i < grants.length(); i++) {
            byThread.add(grants.get(i));
        }
        events.writeNow(new Event.LoopEnded(command.task(), timeouts.get(), failures.get(), lastFailure, byThread));
    }
}
