package io.fencepost.scenarios.worker;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An open loop; see {@link Command.Load}. Threads take the operations in the order of the plan, and each waits for the planned instant of the one that it took. If all
 * are busy then, the next one that is free begins late, and the latency counts from the plan all the same.
 */
final class LoadTask {
    /** A start later than this is counted as late: more than a sleeping thread usually oversleeps. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** For how long after the end of the plan what is overdue is still begun. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Command.Load command;
    private final List<DistributedLock> locks;
    private final Reporter reporter;
    private final EventWriter events;
    private final LoadLog log;
    private final long[] offsets;
    private final int[] chosen;
    private final long endNanos;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch running;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong late = new AtomicLong();
    private final AtomicLong backlog = new AtomicLong();
    private final AtomicLong inTime = new AtomicLong();
    private final AtomicLong lastGrant = new AtomicLong(Long.MIN_VALUE);
    private final Map<LoadTag, Long> ended = new ConcurrentHashMap<>();
    private volatile String lastFailure = "";

    /** @throws IOException if the log cannot be made */
    LoadTask(Command.Load command, LockClient client, Reporter reporter, EventWriter events) throws IOException {
        this.command = command;
        this.reporter = reporter;
        this.events = events;
        LockOptions options = LockOptions.ttl(Duration.ofMillis(command.ttlMillis()));
        this.locks =
                command.locks().stream().map(name -> client.lock(name, options)).toList();
        long[] plan =
                command.arrivals().offsets(command.rate(), Duration.ofNanos(command.lengthNanos()), command.seed());
        this.offsets = Arrivals.share(plan, command.share(), command.shares());
        this.chosen = choose(plan.length);
        this.endNanos = command.startNanos() + command.lengthNanos();
        this.running = new CountDownLatch(command.threads());
        this.log = new LoadLog(
                Path.of(command.log()),
                "share %d of %d of %s ops/s".formatted(command.share() + 1, command.shares(), command.rate()));
    }

    /** Which lock each operation of this share uses; drawn for the whole plan, so that it does not depend on the number of workers. */
    private int[] choose(int planned) {
        SplittableRandom random = new SplittableRandom(~command.seed());
        int[] mine = new int[offsets.length];
        for (int i = 0; i < planned; i++) {
            int lock = random.nextInt(locks.size());
            if (i % command.shares() == command.share()) {
                mine[i / command.shares()] = lock;
            }
        }
        return mine;
    }

    void start() {
        for (int i = 0; i < command.threads(); i++) {
            int number = i;
            daemon("worker-load-" + number, () -> runThread(number));
        }
        daemon("worker-load-end", this::reportEnd);
    }

    void stop() {
        stop.countDown();
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void runThread(int number) {
        try {
            for (int i = next.getAndIncrement(); i < offsets.length; i = next.getAndIncrement()) {
                long planned = command.startNanos() + offsets[i];
                if (stop.await(planned - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return;
                }
                long begun = System.nanoTime();
                if (begun - planned > LATE_NANOS) {
                    late.incrementAndGet();
                    if (begun > endNanos) {
                        backlog.incrementAndGet();
                    }
                }
                if (begun > endNanos + DRAIN_NANOS) {
                    ended(LoadTag.UNSTARTED, planned, begun);
                } else {
                    operate(number, locks.get(chosen[i]), planned, begun);
                }
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            // a worker that is being closed stops its tasks first; anything else is nothing that a lock may do
            if (stop.getCount() > 0) {
                events.writeNow(new Event.TaskFailed(command.task(), "a thread of the load ended with " + e));
            }
        } finally {
            running.countDown();
        }
    }

    private void operate(int number, DistributedLock lock, long planned, long begun) throws InterruptedException {
        Optional<Lease> lease;
        try {
            lease = lock.tryAcquire(Duration.ofMillis(command.waitMillis()));
        } catch (LockUnavailableException e) {
            lastFailure = e.toString();
            ended(LoadTag.UNAVAILABLE, planned, System.nanoTime());
            return;
        } catch (OutcomeUnknownException e) {
            lastFailure = e.toString();
            ended(LoadTag.UNKNOWN, planned, System.nanoTime());
            return;
        }
        long granted = System.nanoTime();
        if (lease.isEmpty()) {
            ended(LoadTag.CONTENDED, planned, granted);
            return;
        }
        ended(LoadTag.LATENCY, planned, granted);
        log.record(LoadTag.SERVICE, granted - begun);
        if (granted <= endNanos) {
            inTime.incrementAndGet();
        }
        lastGrant.accumulateAndGet(granted, Math::max);
        long grant = reporter.granted(number, lease.get(), begun, granted, Validity.untilNanos(lease.get()));
        if (command.holdMicros() > 0) {
            // a stop ends the hold, and the loop after it
            var unused = stop.await(command.holdMicros(), TimeUnit.MICROSECONDS);
        }
        long releasing = reporter.release(grant, lease.get());
        log.record(LoadTag.RELEASE, System.nanoTime() - releasing);
    }

    private void ended(LoadTag how, long planned, long now) {
        ended.merge(how, 1L, Long::sum);
        log.record(how, now - planned);
    }

    private long count(LoadTag how) {
        return ended.getOrDefault(how, 0L);
    }

    private void reportEnd() {
        try {
            running.await();
            log.close();
        } catch (InterruptedException e) {
            return;
        } catch (IOException e) {
            events.writeNow(new Event.TaskFailed(command.task(), command.log() + ": " + e.getMessage()));
            return;
        }
        events.writeNow(new Event.LoadEnded(
                command.task(),
                offsets.length,
                count(LoadTag.LATENCY),
                inTime.get(),
                late.get(),
                backlog.get(),
                count(LoadTag.CONTENDED),
                count(LoadTag.UNAVAILABLE),
                count(LoadTag.UNKNOWN),
                count(LoadTag.UNSTARTED),
                lastGrant.get(),
                lastFailure));
    }
}
