package io.fencepost.scenarios.worker;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.ReleaseOutcome;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** One client with many leases; see {@link Command.KeepLeases}. */
final class LeasesTask {
    private static final long BUCKET_MILLIS = 100;
    /** A call that has to wait this long for a lock that nobody uses has failed. */
    private static final Duration WAIT = Duration.ofSeconds(30);

    private static final long ANSWER_LIMIT_SECONDS = 120;
    private static final int COLLECTIONS = 3;

    private final Command.KeepLeases command;
    private final String uri;
    private final EventWriter events;
    private final RenewalMeter meter = new RenewalMeter();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile String lastFailure = "";

    LeasesTask(Command.KeepLeases command, String uri, EventWriter events) {
        this.command = command;
        this.uri = uri;
        this.events = events;
    }

    void start() {
        Thread thread = new Thread(this::run, "worker-leases-" + command.task());
        thread.setDaemon(true);
        thread.start();
    }

    void stop() {
        stop.countDown();
    }

    private void run() {
        try (LockClient client = LockClients.builder(uri).observer(meter).open()) {
            List<Lease> leases = acquire(client);
            if (stop.getCount() > 0) {
                keep();
            }
            release(leases);
        } catch (InterruptedException e) {
            events.writeNow(new Event.TaskFailed(command.task(), "interrupted"));
        } catch (RuntimeException | Error e) {
            events.writeNow(new Event.TaskFailed(command.task(), e.toString()));
        }
    }

    private List<Lease> acquire(LockClient client) throws InterruptedException {
        LockOptions options = LockOptions.ttl(Duration.ofMillis(command.ttlMillis()));
        AtomicReferenceArray<Lease> held = new AtomicReferenceArray<>(command.count());
        AtomicInteger failed = new AtomicInteger();
        Semaphore room = new Semaphore(command.inFlight());
        long heapBefore = usedHeap();
        long start = System.nanoTime();
        long limit = start + TimeUnit.MILLISECONDS.toNanos(command.acquireMillis());
        int asked = 0;
        while (asked < command.count() && System.nanoTime() < limit && stop.getCount() > 0) {
            if (!room.tryAcquire(limit - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                break;
            }
            int number = asked++;
            client.lock(command.prefix() + number, options).acquireAsync(WAIT).whenComplete((outcome, fault) -> {
                if (outcome instanceof AcquireOutcome.Acquired acquired) {
                    held.set(number, acquired.lease());
                } else {
                    failed.incrementAndGet();
                    lastFailure = String.valueOf(fault == null ? outcome : fault);
                }
                room.release();
            });
        }
        if (!room.tryAcquire(command.inFlight(), ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("calls were not answered within " + ANSWER_LIMIT_SECONDS + " s");
        }
        long nanos = System.nanoTime() - start;
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < asked; i++) {
            Lease lease = held.get(i);
            if (lease != null) {
                leases.add(lease);
            }
        }
        events.writeNow(new Event.LeasesAcquired(
                command.task(),
                leases.size(),
                failed.get(),
                command.count() - asked,
                lastFailure,
                nanos,
                meter.renewals(),
                usedHeap() - heapBefore));
        return leases;
    }

    private void keep() throws InterruptedException {
        if (stop.await(command.settleMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        int buckets = (int) Math.max(1, command.keepMillis() / BUCKET_MILLIS);
        long cpu = cpuNanos();
        long start = System.nanoTime();
        RenewalMeter.Window window = meter.open(TimeUnit.MILLISECONDS.toNanos(BUCKET_MILLIS), buckets);
        // for what is left of the buckets, not of a round number of seconds
        var unused = stop.await(buckets * BUCKET_MILLIS, TimeUnit.MILLISECONDS);
        long nanos = System.nanoTime() - start;
        long used = cpuNanos() - cpu;
        events.writeNow(new Event.LeasesKept(
                command.task(),
                nanos,
                window.renewed(),
                window.failed(),
                meter.lost(),
                window.latency(50),
                window.latency(99),
                window.latency(100),
                used,
                BUCKET_MILLIS,
                window.buckets()));
    }

    private void release(List<Lease> leases) throws InterruptedException {
        AtomicInteger released = new AtomicInteger();
        Semaphore room = new Semaphore(command.inFlight());
        long start = System.nanoTime();
        for (Lease lease : leases) {
            if (!room.tryAcquire(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no release was answered within " + ANSWER_LIMIT_SECONDS + " s");
            }
            lease.releaseAsync().whenComplete((outcome, fault) -> {
                if (outcome instanceof ReleaseOutcome.Released) {
                    released.incrementAndGet();
                }
                room.release();
            });
        }
        if (!room.tryAcquire(command.inFlight(), ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("releases were not answered within " + ANSWER_LIMIT_SECONDS + " s");
        }
        events.writeNow(new Event.LeasesReleased(
                command.task(),
                released.get(),
                leases.size() - released.get(),
                System.nanoTime() - start,
                meter.lost()));
    }

    /** What is reachable, nearly: one collection leaves what only finalizers and references keep. */
    private static long usedHeap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            used = Math.min(
                    used,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return used;
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime()
                : 0;
    }
}
