package io.fencepost.scenarios.worker;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One thread that acquires, holds and lets go; see {@link Command.Hold}. */
final class HoldTask {
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final long NEWS_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Command.Hold command;
    private final DistributedLock lock;
    private final Reporter reporter;
    private final EventWriter events;
    private final CountDownLatch letGo = new CountDownLatch(1);

    HoldTask(Command.Hold command, LockClient client, Reporter reporter, EventWriter events) {
        this.command = command;
        this.reporter = reporter;
        this.events = events;
        this.lock = client.lock(command.lock(), LockOptions.ttl(Duration.ofMillis(command.ttlMillis())));
    }

    void start() {
        Thread thread = new Thread(this::run, "worker-hold-" + command.task());
        thread.setDaemon(true);
        thread.start();
    }

    void letGo() {
        letGo.countDown();
    }

    private void run() {
        try {
            events.writeNow(new Event.Waiting(command.task()));
            long called = System.nanoTime();
            Optional<Lease> lease = lock.tryAcquire(Duration.ofMillis(command.waitMillis()));
            long granted = System.nanoTime();
            if (lease.isEmpty()) {
                fail("'" + command.lock() + "' was not to be had within " + command.waitMillis() + " ms");
                return;
            }
            hold(lease.get(), called, granted);
        } catch (InterruptedException e) {
            fail("interrupted");
        } catch (RuntimeException | Error e) {
            fail(e.toString());
        }
    }

    private void hold(Lease lease, long called, long granted) throws InterruptedException {
        long validUntil = Validity.untilNanos(lease);
        long grant = reporter.granted(0, lease, called, granted, validUntil);
        events.writeNow(new Event.Holding(command.task(), granted));
        while (!letGo.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            long now = Validity.untilNanos(lease);
            if (now > validUntil + NEWS_NANOS) {
                validUntil = now;
                reporter.extended(grant, validUntil);
            }
        }
        boolean lost = !lease.isValid();
        long released = reporter.release(grant, lease);
        if (lost) {
            fail("the lease of '" + command.lock() + "' was lost while it was held");
        } else {
            events.writeNow(new Event.LetGone(command.task(), released));
        }
    }

    private void fail(String message) {
        events.writeNow(new Event.TaskFailed(command.task(), message));
    }
}
