package io.fencepost.scenarios.worker;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.spi.Capabilities;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Threads that work under locks and report all they do; see {@link Command.Work}. */
final class WorkTask {
    private final Command.Work command;
    private final List<DistributedLock> locks;
    private final HolderWork work;
    private final OperationLog log;
    private final EventWriter events;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch running;

    WorkTask(Command.Work command, LockClient client, StoreClient store, Renewals renewals, EventWriter events) {
        this.command = command;
        this.events = events;
        this.log = new OperationLog(events);
        this.work = new HolderWork(command, usable(client.capabilities()), store, renewals, log, stop);
        LockOptions options = LockOptions.ttl(Duration.ofMillis(command.ttlMillis()));
        this.locks =
                command.locks().stream().map(name -> client.lock(name, options)).toList();
        this.running = new CountDownLatch(command.threads());
    }

    /** For how long after its request was sent a lease is valid, as every client counts. */
    private Duration usable(Capabilities capabilities) {
        Duration ttl = Duration.ofMillis(command.ttlMillis());
        Duration longest = capabilities.longestValidity();
        Duration validity = ttl.compareTo(longest) < 0 ? ttl : longest;
        long drift = (long) Math.ceil(validity.toNanos() * capabilities.driftRate());
        return validity.minusNanos(drift).minus(capabilities.driftMargin());
    }

    void start() {
        SplittableRandom seeds = new SplittableRandom(command.seed());
        for (int i = 0; i < command.threads(); i++) {
            int number = i;
            SplittableRandom random = seeds.split();
            daemon("worker-work-" + number, () -> runThread(number, random));
        }
        daemon("worker-work-end", this::reportEnd);
    }

    void stop() {
        stop.countDown();
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void runThread(int number, SplittableRandom random) {
        try {
            long interval = command.intervalNanos();
            long next = System.nanoTime() + random.nextLong(interval);
            while (!stop.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                work.once(number, locks.get(random.nextInt(locks.size())), random);
                // what could not begin in time is not made up for: a fault shall not be followed by a flood
                next = Math.max(next + interval / 2 + random.nextLong(interval), System.nanoTime());
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            log.unclassified(number, e);
        } finally {
            running.countDown();
        }
    }

    private void reportEnd() {
        try {
            running.await();
        } catch (InterruptedException e) {
            return;
        }
        events.writeNow(new Event.WorkEnded(command.task()));
    }
}
